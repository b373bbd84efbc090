/**
 * What a model takes at this host, by its name: one grammar serves models of many makers, and each refuses other parts of it.
 * Names are `[region.]maker.model-version`, or an ARN that ends in one. The catalogue's traits win wherever they say something.
 */
import type { UpstreamContext } from '../dialect.ts';
import type { HostQuirks } from '../host.ts';
import { THINKING_FORMAT } from '../shared/claude/thinking.ts';

/** Whose words the model's own parameters are in. */
export type Family = 'claude' | 'nova' | 'gpt-oss' | 'openai' | 'mistral' | 'cohere' | 'open-weight' | 'other';

export interface ModelFacts {
  readonly family: Family;
  /** `reasoning_details[].format` of its reasoning (OpenRouter's API); `unknown` is plain text, which does not go back. */
  readonly reasoningFormat: string;
  /** Where cache points may stand. */
  readonly cachePoints: 'none' | 'system-and-messages' | 'everywhere';
  readonly hourLongCache: boolean;
  /** Held to a JSON schema: output and strict tools. */
  readonly schema: boolean;
  /** Tool use can be forced. */
  readonly toolChoice: boolean;
  /** Media that a tool result may hold; others follow as the user's. */
  readonly resultMedia: readonly ('image' | 'document')[];
  /** Takes the status of a tool result. */
  readonly resultStatus: boolean;
  /** Wants tool results as JSON objects. */
  readonly jsonResults: boolean;
  /** A user turn may hold more than its tool results. */
  readonly mixedResults: boolean;
  readonly prefill: boolean;
  readonly systemPrompt: boolean;
  readonly nineCharacterToolIds: boolean;
}

export function factsOf(context: UpstreamContext): ModelFacts {
  const { upstreamModel: model, traits, host } = context;
  const family = familyOf(context);
  const isClaude = family === 'claude';
  const isNova = family === 'nova';
  return {
    family,
    reasoningFormat: reasoningFormatOf(family, model, host.quirks),
    cachePoints: host.quirks.cacheControl === false ? 'none' : cachePointsOf(family, model),
    hourLongCache: isClaude && (claudeVersion(model) ?? 9) >= 4.5,
    schema: traits.jsonSchema !== false && takesSchema(family, model),
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html; Nova recorded.
    toolChoice: (isClaude || isNova || /mistral-large/.test(model)) && traits.forcedToolUse !== false,
    // Recorded: a document or a video in a result of Nova's is a 400.
    resultMedia: isClaude ? ['image', 'document'] : isNova ? ['image'] : [],
    resultStatus: isClaude || isNova,
    jsonResults: family === 'mistral',
    // Llama and Mistral: "Conversation blocks and tool result blocks cannot be provided in the same turn."
    mixedResults: isClaude || isNova,
    prefill: (isClaude || isNova) && traits.prefill !== false,
    systemPrompt: !WITHOUT_SYSTEM.test(model),
    nineCharacterToolIds: family === 'mistral',
  };
}

function familyOf({ upstreamModel: model, traits }: UpstreamContext): Family {
  if (/anthropic\.|claude/i.test(model)) return 'claude';
  if (/amazon\.nova/.test(model)) return 'nova';
  if (/openai\.gpt-oss/.test(model)) return 'gpt-oss';
  const maker = /(?:^|[./])(openai|mistral|cohere|qwen|deepseek|moonshot|moonshotai|zai)\./.exec(model)?.[1];
  switch (maker) {
    case 'openai':
    case 'mistral':
    case 'cohere':
      return maker;
    case undefined:
      // The ARN of an application's own profile names no model; nobody else thinks adaptively.
      return traits.reasoning?.adaptive ? 'claude' : 'other';
    default:
      return 'open-weight';
  }
}

function reasoningFormatOf(family: Family, model: string, quirks: HostQuirks): string {
  if (family === 'claude') return quirks.reasoningFormat ?? THINKING_FORMAT;
  if (family === 'openai') return 'bedrock-openai-responses-v1';
  return /(?:^|[./])xai\./.test(model) ? 'bedrock-xai-responses-v1' : 'unknown';
}

/** `claude-3-5-sonnet-20240620` → 3.5, `claude-opus-4-20250514` → 4, `claude-fable-5-1` → 5.1; null where it is not said. */
export function claudeVersion(model: string): number | null {
  const match = /claude-(?:[a-z]+-)?(\d+)(?:-(\d{1,2}))?(?!\d)/.exec(model);
  return match ? Number(`${match[1]}.${match[2] ?? 0}`) : null;
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
function cachePointsOf(family: Family, model: string): ModelFacts['cachePoints'] {
  if (family === 'nova') return 'system-and-messages';
  if (family !== 'claude') return 'none';
  const version = claudeVersion(model);
  const isOld = version === null ? /claude-(v2|instant)/.test(model) : version < 3.7;
  return isOld && !/3-5-haiku|3-5-sonnet-20241022/.test(model) ? 'none' : 'everywhere';
}

/**
 * https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html: Claude from 4.5 on, and the open-weight models.
 * The newest Claude families are checked against a copy of their grammar that knows neither schemas nor strict tools
 * (`@ai-sdk/amazon-bedrock` 5.0.101, its list of exceptions).
 */
function takesSchema(family: Family, model: string): boolean {
  switch (family) {
    case 'claude': {
      const version = claudeVersion(model);
      return version !== null && version >= 4.5 && version < 4.7;
    }
    case 'nova':
    case 'cohere':
      return false;
    case 'mistral':
      // Those of 2024 and early 2025 have names that end so.
      return !/-v\d+:\d+$/.test(model);
    case 'gpt-oss':
    case 'openai':
      return true;
    case 'open-weight':
      return !/deepseek\.r1/.test(model);
    case 'other':
      return /(?:^|[./])(google|minimax|nvidia|xai)\./.test(model);
  }
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html */
const WITHOUT_SYSTEM =
  /amazon\.titan-text|mistral\.mistral-7b|mistral\.mixtral-8x7b|cohere\.command-(?:text|light)|ai21\.j2/;
