/** An assistant turn's reasoning, back as what it was: thinking blocks, or the plan before its tool calls. */
import type { AssistantMessage, ReasoningDetail } from '../../../core/chat.ts';
import { foldDetail } from '../../../core/fold.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { plainReasoning } from '../../shared/upstream/plain-reasoning.ts';
import { isPlan, reasoningFormatOf } from '../wire-types.ts';

export interface Replay {
  readonly thinking: readonly JsonObject[];
  readonly plan: string;
}

/** Plain reasoning is said again, whoever wrote it; what another provider signed or sealed is not its to read. */
export function encodeReplay(
  message: AssistantMessage,
  context: UpstreamContext,
  field: string,
  notes: Notebook,
): Replay {
  const format = reasoningFormatOf(context);
  // Callers who collect a stream often keep its fragments apart.
  const details: ReasoningDetail[] = [];
  for (const detail of message.reasoningDetails) foldDetail(details, detail);
  const texts: string[] = [];
  let plan = '';
  details.forEach((detail, i) => {
    const text = plainReasoning(detail, format);
    if (text === undefined) {
      notes.add('reasoning.dropped', `${field}.reasoning_details[${i}]`, 'Not sent back: another provider signed it.');
    } else if (isPlan(detail)) plan += text;
    else if (text !== '') texts.push(text);
  });
  if (details.length === 0 && message.reasoning) texts.push(message.reasoning);
  if (context.traits.reasoning) return { plan, thinking: texts.map((thinking) => ({ type: 'thinking', thinking })) };
  // Models that do not think plan their calls all the same.
  if (message.toolCalls.length > 0) return { plan: [plan, ...texts].filter(Boolean).join('\n'), thinking: [] };
  if (plan !== '' || texts.length > 0) {
    notes.add(
      'reasoning.dropped',
      `${field}.reasoning`,
      'This model does not think: its answers take no reasoning back.',
    );
  }
  return { plan: '', thinking: [] };
}
