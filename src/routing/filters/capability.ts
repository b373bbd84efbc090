import type { Candidate, RouteQuestion } from '../candidate.ts';
import type { Filter, Objection } from '../filter.ts';
import { type Offer, promptRoom } from '../offers.ts';

/** Room left for the estimate's error: characters / 4 is off by up to a third for code and other scripts. */
const ESTIMATE_SLACK = 0.6;

/** Content the endpoint can take and output it can make. Content is never dropped to fit. */
export const modality: Filter = {
  id: 'modality',
  kind: 'hard',
  checkFor:
    ({ question }) =>
    ({ candidate }) =>
      lacking(candidate, question) ?? unsayable(candidate, question),
};

function lacking({ endpoint }: Candidate, { demand, readsFiles }: RouteQuestion): Objection | undefined {
  for (const input of demand.inputModalities) {
    if (endpoint.inputModalities.includes(input) || (input === 'file' && readsFiles)) continue;
    return { excludedBy: 'capability', because: `it takes no ${input} input`, field: 'messages' };
  }
  for (const output of demand.outputModalities) {
    if (endpoint.outputModalities.some((has) => has === output)) continue;
    return { excludedBy: 'capability', because: `it gives no ${output} output`, field: 'modalities' };
  }
  return undefined;
}

function unsayable(candidate: Candidate, question: RouteQuestion): Objection | undefined {
  const content = question.unsayable(candidate).find((kind) => kind !== 'file' || !question.readsFiles);
  return content === undefined
    ? undefined
    : { excludedBy: 'capability', because: `its interface cannot carry ${content}`, field: 'messages' };
}

/** Room for the prompt, unless it will be fitted. */
export const contextLength: Filter = {
  id: 'context-length',
  kind: 'hard',
  checkFor({ question: { fitsPrompt, demand }, model }) {
    const tokens = demand.promptTokensEstimate;
    if (fitsPrompt || tokens * ESTIMATE_SLACK <= model.leastRoom) return null;
    return ({ candidate }) => {
      const room = promptRoom(candidate);
      if (tokens * ESTIMATE_SLACK <= room) return undefined;
      return {
        excludedBy: 'context_length',
        because: `the prompt is about ${tokens} tokens and it takes ${room}`,
        field: 'messages',
      };
    };
  },
};

/** Where the prompt will be fitted: half of what it needs must have room, or it goes where there is most (OpenRouter's API). */
export const halfContext: Filter = {
  id: 'half-context',
  kind: 'soft',
  checkFor({ question: { fitsPrompt, demand }, left }) {
    if (!fitsPrompt) return null;
    const half = (demand.promptTokensEstimate + (demand.maxOutputTokens ?? 0)) / 2;
    const least = Math.min(half, Math.max(...left.map(contextOf)));
    return (offer) => {
      const context = contextOf(offer);
      if (context >= least) return undefined;
      return {
        excludedBy: 'context_length',
        because: `its context of ${context} has no room for half of what is needed, and others have more`,
        field: 'messages',
      };
    };
  },
};

function contextOf({ candidate: { endpoint } }: Offer): number {
  return endpoint.contextIsAssumed ? Number.POSITIVE_INFINITY : endpoint.contextLength;
}

/**
 * Only endpoints able to produce the asked length, as long as there is one (OpenRouter's API); where none can, the limit is
 * what the endpoint has, so the request still goes out.
 */
export const outputLength: Filter = {
  id: 'output-length',
  kind: 'soft',
  checkFor({ question: { demand } }) {
    const asked = demand.maxOutputTokens;
    if (asked === null) return null;
    return ({ candidate: { endpoint } }) => {
      if (endpoint.maxOutputTokens === null || endpoint.maxOutputTokens >= asked) return undefined;
      return {
        excludedBy: 'max_tokens',
        because: `it gives at most ${endpoint.maxOutputTokens} tokens and others give more`,
        field: 'max_tokens',
      };
    };
  },
};
