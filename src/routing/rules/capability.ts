import { type Candidate, filterCandidates, type RoutingContext, type RoutingRule } from '../rule.ts';

/** Room left for the estimate's error: characters / 4 is off by up to a third for code and other scripts. */
const ESTIMATE_SLACK = 0.6;

/**
 * Hard needs: content the endpoint can take, output it can make, and room for both. Content is never dropped to fit
 *.
 */
export const capability: RoutingRule = {
  id: 'capability',
  apply: (candidates, context) =>
    filterCandidates(candidates, 'capability', (candidate) => lacking(candidate, context)),
};

function lacking(candidate: Candidate, { demand, unsayable }: RoutingContext): string | undefined {
  const { endpoint } = candidate;
  const input = demand.inputModalities.find((modality) => !endpoint.inputModalities.includes(modality));
  if (input) return `it takes no ${input} input`;
  const output = demand.outputModalities.find((modality) => !endpoint.outputModalities.some((has) => has === modality));
  if (output) return `it gives no ${output} output`;
  const [content] = unsayable(candidate);
  if (content) return `its interface cannot carry ${content}`;
  if (endpoint.contextIsAssumed) return undefined;
  if (demand.promptTokensEstimate * ESTIMATE_SLACK > (endpoint.maxPromptTokens ?? endpoint.contextLength)) {
    return `the prompt is about ${demand.promptTokensEstimate} tokens and its context is ${endpoint.contextLength}`;
  }
  return undefined;
}

/**
 * Only endpoints able to produce the asked length, as long as there is one (OpenRouter's API); where none can, the
 * limit is what the endpoint has, so the request still goes out.
 */
export const outputLength: RoutingRule = {
  id: 'output-length',
  apply(candidates, { demand }) {
    const wanted = demand.maxOutputTokens;
    if (wanted === null) return { candidates, excluded: [] };
    const result = filterCandidates(candidates, 'max_tokens', ({ endpoint }) =>
      endpoint.maxOutputTokens !== null && endpoint.maxOutputTokens < wanted
        ? `it gives at most ${endpoint.maxOutputTokens} tokens`
        : undefined,
    );
    return result.candidates.length > 0 ? result : { candidates, excluded: [] };
  },
};
