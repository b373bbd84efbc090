/** Puts annotations of our own on replies, whole and streamed alike: folding the stream gives the whole reply. */
import type { ChatResponse } from '../core/chat.ts';
import type { ChatEvent } from '../core/chat-events.ts';
import type { Json } from '../core/json.ts';
import type { PluginEffect, StreamEdit } from './plugin.ts';

/** What is to be annotated on a choice with this text. */
export type AnnotationsFor = (choice: number, text: string) => readonly Json[];

export function annotating(annotationsFor: AnnotationsFor): Pick<PluginEffect, 'editReply' | 'openStreamEdit'> {
  return {
    editReply: (response) => ({ value: annotate(response, annotationsFor), notes: [], stages: [] }),
    openStreamEdit: () => openAnnotation(annotationsFor),
  };
}

function annotate(response: ChatResponse, annotationsFor: AnnotationsFor): ChatResponse {
  let isSame = true;
  const choices = response.choices.map((choice) => {
    const added = annotationsFor(choice.index, choice.content ?? '');
    if (added.length === 0) return choice;
    isSame = false;
    return { ...choice, annotations: [...choice.annotations, ...added] };
  });
  return isSame ? response : { ...response, choices };
}

/** They come when a choice ends: only then its text is known. */
function openAnnotation(annotationsFor: AnnotationsFor): StreamEdit {
  const texts = new Map<number, string>();
  return {
    push(event: ChatEvent): readonly ChatEvent[] {
      if (event.type === 'text-delta') texts.set(event.choice, (texts.get(event.choice) ?? '') + event.text);
      if (event.type !== 'choice-end') return [event];
      const annotations = annotationsFor(event.choice, texts.get(event.choice) ?? '');
      if (annotations.length === 0) return [event];
      return [{ type: 'annotation-delta', choice: event.choice, annotations }, event];
    },
  };
}
