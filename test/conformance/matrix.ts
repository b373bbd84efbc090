/** Every client face against every upstream face, case by case, whole and streamed. */
import { everyUpstream, startGatewayTo, type Upstream } from '../kit/sim-lab.ts';
import type { Gateway } from '../kit/start-gateway.ts';
import { type AskPair, type Case, cases } from './cases.ts';
import { type Face, failedReading, type Reading } from './face.ts';
import { anthropicMessagesFace } from './faces/anthropic-messages.ts';
import { geminiFace } from './faces/gemini.ts';
import { openAiChatFace } from './faces/openai-chat.ts';
import { openAiCompletionsFace } from './faces/openai-completions.ts';
import { openAiResponsesFace } from './faces/openai-responses.ts';

export const faces: readonly Face[] = [
  openAiChatFace,
  openAiResponsesFace,
  anthropicMessagesFace,
  geminiFace,
  openAiCompletionsFace,
];

export type Form = 'whole' | 'stream';
export const FORMS: readonly Form[] = ['whole', 'stream'];

export interface Cell {
  readonly face: Face;
  readonly upstream: Upstream;
  readonly what: Case;
  /** `skip`: one of the two grammars has no words for it, `why` says which; it is refused or told as absent, never half done. */
  readonly outcome: 'pass' | 'fail' | 'skip';
  readonly why: string;
}

/** Runs all of them; failures are cells, not exceptions. */
export async function runMatrix(): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  for (const upstream of everyUpstream) {
    const gateway = await startGatewayTo(upstream);
    try {
      for (const face of faces) for (const what of cases) cells.push(await runCell(face, upstream, what, gateway));
    } finally {
      await gateway.stop();
    }
  }
  return cells;
}

async function runCell(face: Face, upstream: Upstream, what: Case, gateway: Gateway): Promise<Cell> {
  const cell = { face, upstream, what };
  const said = face.cannot[what.name];
  if (said) return { ...cell, outcome: 'skip', why: said };
  const upstreamCannot = upstream.cannot?.[what.name];
  for (const form of FORMS) {
    const failure = await failureOf(what, askPair(face, form, gateway));
    if (failure !== null && !upstreamCannot) return { ...cell, outcome: 'fail', why: `${form}: ${failure}` };
    // What is said to be impossible must be: a skip that has become possible is a cell to be won.
    if (failure === null && upstreamCannot) return { ...cell, outcome: 'fail', why: `${form}: is possible now` };
  }
  return upstreamCannot ? { ...cell, outcome: 'skip', why: upstreamCannot } : { ...cell, outcome: 'pass', why: '' };
}

async function failureOf(what: Case, ask: AskPair): Promise<string | null> {
  try {
    await what.run(ask);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function askPair(face: Face, form: Form, { url, apiKey }: Gateway): AskPair {
  return async (question): Promise<Reading> => {
    const ask = { ...question, stream: form === 'stream' };
    const response = await fetch(url + face.path(ask), {
      method: 'POST',
      headers: { ...face.headers(apiKey), 'content-type': 'application/json' },
      body: JSON.stringify(face.body(ask)),
    });
    const body = await response.text();
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    if (body === '') return failedReading(response.status, 'no body');
    return face.read(response.status, body, isStream);
  };
}
