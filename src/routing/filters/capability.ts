import type { Entry, RouteQuestion } from '../candidate.ts';
import type { Filter, Objection } from '../filter.ts';

/** Room left for the estimate's error: characters / 4 is off by up to a third for code and other scripts. */
const ESTIMATE_SLACK = 0.6;

/** Content the endpoint can take and output it can make. Content is never dropped to fit. */
export const modality: Filter = {
  id: 'modality',
  kind: 'hard',
  applies: () => true,
  against: ({ candidate }, question) => lacking(candidate.endpoint, question) ?? unsayable(candidate, question),
};

function lacking(endpoint: Entry['candidate']['endpoint'], question: RouteQuestion): Objection | undefined {
  const { inputModalities, outputModalities } = question.demand;
  for (const input of inputModalities) {
    if (endpoint.inputModalities.includes(input) || (input === 'file' && question.readsFiles)) continue;
    return { excludedBy: 'capability', because: `it takes no ${input} input`, field: 'messages' };
  }
  for (const output of outputModalities) {
    if (endpoint.outputModalities.some((has) => has === output)) continue;
    return { excludedBy: 'capability', because: `it gives no ${output} output`, field: 'modalities' };
  }
  return undefined;
}

function unsayable(candidate: Entry['candidate'], question: RouteQuestion): Objection | undefined {
  const content = question.unsayable(candidate).find((kind) => kind !== 'file' || !question.readsFiles);
  return content === undefined
    ? undefined
    : { excludedBy: 'capability', because: `its interface cannot carry ${content}`, field: 'messages' };
}

/** Room for the prompt, unless it will be fitted. */
export const contextLength: Filter = {
  id: 'context-length',
  kind: 'hard',
  applies: ({ fitsPrompt }) => !fitsPrompt,
  against({ candidate: { endpoint } }, { demand }) {
    if (endpoint.contextIsAssumed) return undefined;
    if (demand.promptTokensEstimate * ESTIMATE_SLACK <= (endpoint.maxPromptTokens ?? endpoint.contextLength))
      return undefined;
    return {
      excludedBy: 'context_length',
      because: `the prompt is about ${demand.promptTokensEstimate} tokens and its context is ${endpoint.contextLength}`,
      field: 'messages',
    };
  },
};

/** Where the prompt will be fitted: half of what it needs must have room, or the longest context there is. */
export const halfContext: Filter = {
  id: 'half-context',
  kind: 'soft',
  applies: ({ fitsPrompt }) => fitsPrompt,
  against({ candidate: { endpoint } }, { demand }) {
    if (endpoint.contextIsAssumed) return undefined;
    if (demand.promptTokensEstimate / 2 <= endpoint.contextLength) return undefined;
    return {
      excludedBy: 'context_length',
      because: `its context of ${endpoint.contextLength} has no room for half of about ${demand.promptTokensEstimate} tokens`,
      field: 'messages',
    };
  },
};

/**
 * Only endpoints able to produce the asked length, as long as there is one (OpenRouter's API); where none can, the limit is
 * what the endpoint has, so the request still goes out.
 */
export const outputLength: Filter = {
  id: 'output-length',
  kind: 'soft',
  applies: ({ demand }) => demand.maxOutputTokens !== null,
  against({ candidate: { endpoint } }, { demand }) {
    if (endpoint.maxOutputTokens === null || endpoint.maxOutputTokens >= (demand.maxOutputTokens ?? 0))
      return undefined;
    return {
      excludedBy: 'max_tokens',
      because: `it gives at most ${endpoint.maxOutputTokens} tokens and others give more`,
      field: 'max_tokens',
    };
  },
};
