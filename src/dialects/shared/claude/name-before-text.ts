/** Participants' names, where a grammar has none: the name leads the text. */
import type { Message, Part, TextPart, ToolMessage } from '../../../core/chat.ts';
import type { NoteSink } from '../notebook.ts';

export function nameBeforeText(
  message: Exclude<Message, ToolMessage>,
  field: string,
  notes: NoteSink,
): readonly Part[] {
  const { name, content } = message;
  if (!name || !content.some((part) => part.type !== 'text' || part.text.trim() !== '')) return content;
  notes.add('message.changed', `${field}.name`, 'Participants have no name here; it was put before the text.');
  const at = content.findIndex((part) => part.type === 'text' && part.text.trim() !== '');
  if (at < 0) return [{ type: 'text', text: `${name}:` }, ...content];
  return content.map((part, index) =>
    index === at && part.type === 'text' ? ({ ...part, text: `${name}: ${part.text}` } satisfies TextPart) : part,
  );
}
