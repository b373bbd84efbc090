/** Capability exceptions of Claude models (docs/sources.md), which models.dev does not carry. */
import type { ModelRow } from '../rows.ts';

interface ClaudeFacts {
  /** Takes temperature, top_p, top_k. */
  readonly sampling: boolean;
  /** Wants adaptive thinking with an effort. */
  readonly adaptive: boolean;
  /** Takes a token budget. Where both are said to work, budget is a 400 in practice, so adaptive wins. */
  readonly budget: boolean;
  readonly mandatory: boolean;
  readonly forcedToolUse: boolean;
  readonly jsonSchema: boolean;
  /** A trailing assistant message is a 400 from 4.6 on. */
  readonly prefill: boolean;
  readonly efforts?: readonly string[];
}

const EFFORTS = ['low', 'medium', 'high', 'max'];
const EFFORTS_XHIGH = ['low', 'medium', 'high', 'xhigh', 'max'];

const BUDGET_ONLY: ClaudeFacts = {
  sampling: true,
  adaptive: false,
  budget: true,
  mandatory: false,
  forcedToolUse: true,
  jsonSchema: true,
  prefill: true,
};
const ADAPTIVE: ClaudeFacts = {
  sampling: false,
  adaptive: true,
  budget: false,
  mandatory: false,
  forcedToolUse: true,
  jsonSchema: true,
  prefill: false,
  efforts: EFFORTS_XHIGH,
};
const ADAPTIVE_ALWAYS: ClaudeFacts = { ...ADAPTIVE, mandatory: true, forcedToolUse: false };

const BY_SLUG: Readonly<Record<string, ClaudeFacts>> = {
  'claude-sonnet-5.5': ADAPTIVE_ALWAYS,
  'claude-opus-5.5': ADAPTIVE_ALWAYS,
  'claude-fable-5.1': ADAPTIVE_ALWAYS,
  'claude-fable-5.2': ADAPTIVE_ALWAYS,
  'claude-fable-5': { ...ADAPTIVE_ALWAYS, forcedToolUse: true },
  'claude-haiku-5.5': ADAPTIVE,
  'claude-opus-5': ADAPTIVE,
  'claude-sonnet-5': ADAPTIVE,
  'claude-opus-4.8': ADAPTIVE,
  'claude-opus-4.7': ADAPTIVE,
  'claude-opus-4.6': { ...ADAPTIVE, sampling: true, budget: true, efforts: EFFORTS },
  'claude-sonnet-4.6': { ...ADAPTIVE, sampling: true, budget: true, efforts: EFFORTS },
  'claude-opus-4.5': { ...BUDGET_ONLY, efforts: ['low', 'medium', 'high'] },
  'claude-sonnet-4.5': BUDGET_ONLY,
  'claude-haiku-4.5': BUDGET_ONLY,
  'claude-opus-4.1': BUDGET_ONLY,
  'claude-sonnet-4': { ...BUDGET_ONLY, jsonSchema: false },
  'claude-opus-4': { ...BUDGET_ONLY, jsonSchema: false },
};

/** Unknown newer names get the strictest family: refusing a parameter that works costs less than a 400 on each call. */
function claudeFacts(slug: string): ClaudeFacts {
  return BY_SLUG[slug.replace(/(?<=\d)-(?=\d)/g, '.')] ?? ADAPTIVE_ALWAYS;
}

export function claudeLimits(slug: string): Pick<ModelRow, 'reasoning' | 'limits'> {
  const facts = claudeFacts(slug);
  const limits = {
    ...(facts.sampling ? {} : { sampling: false as const }),
    ...(facts.prefill ? {} : { prefill: false as const }),
    ...(facts.forcedToolUse ? {} : { forcedToolUse: false as const }),
    ...(facts.jsonSchema ? {} : { jsonSchema: false as const }),
  };
  return {
    reasoning: {
      mandatory: facts.mandatory,
      default: facts.mandatory,
      ...(facts.efforts ? { efforts: [...facts.efforts] } : {}),
      budget: facts.budget,
      ...(facts.adaptive ? { adaptive: true as const } : {}),
    },
    ...(Object.keys(limits).length ? { limits } : {}),
  };
}
