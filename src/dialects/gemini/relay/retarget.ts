/** The relay lane's request: the caller's own value with our changes. */
import { emptyJsonObject, type JsonObject } from '../../../core/json.ts';
import type { Translated } from '../../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../../dialect.ts';
import { type Notebook, openNotebook } from '../../shared/notebook.ts';
import { decodeThinking } from '../client/decode.ts';
import { tierWord } from '../client/enums.ts';
import { GATEWAY_FIELDS, type WireGeminiRequest, type WireGenerationConfig } from '../client/wire-request.ts';
import { thinkingControl } from '../model-family.ts';
import { encodeReasoning } from '../request/reasoning.ts';
import { encodeServiceTier, pathOf, withQuirks } from '../request.ts';
import { retargetContents } from './retarget-contents.ts';

const NOT_SENT: ReadonlySet<string> = new Set([...GATEWAY_FIELDS, 'serviceTier']);

export function retarget(wire: WireGeminiRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const notes = openNotebook();
  const source: JsonObject = wire;
  const body = emptyJsonObject();
  for (const [key, value] of Object.entries(source)) {
    if (!NOT_SENT.has(key) && value !== undefined && value !== null) body[key] = value;
  }
  body['contents'] = retargetContents(wire.contents, context, notes);
  if (wire.generationConfig) body['generationConfig'] = retargetConfig(wire.generationConfig, context, notes);
  const tier = encodeServiceTier(tierWord(wire.serviceTier), context, notes);
  const path = pathOf(wire.stream === true, context);
  const sent = withQuirks({ ...body, ...tier.body }, context, notes);
  return { value: { path, headers: tier.headers, body: sent }, notes: notes.notes };
}

function retargetConfig(config: WireGenerationConfig, context: UpstreamContext, notes: Notebook): WireGenerationConfig {
  const { maxOutputTokens, temperature } = config;
  const most = context.traits.maxOutputTokens;
  const hottest = context.host.quirks.maxTemperature;
  let next = withThinking(config, context, notes);
  if (most !== undefined && typeof maxOutputTokens === 'number' && maxOutputTokens > most) {
    next = { ...next, maxOutputTokens: most };
    changed('maxOutputTokens', `lowered from ${maxOutputTokens} to ${most}, the most this endpoint gives`, notes);
  }
  if (hottest !== undefined && typeof temperature === 'number' && temperature > hottest) {
    next = { ...next, temperature: hottest };
    changed(
      'temperature',
      `lowered from ${temperature} to ${hottest}, the most ${context.host.providerName} takes`,
      notes,
    );
  }
  return next;
}

function changed(field: string, message: string, notes: Notebook): void {
  notes.add('parameter.changed', `generationConfig.${field}`, message);
}

/** Levels came with Gemini 3, which takes budgets too; the models before take budgets only. */
function withThinking(config: WireGenerationConfig, context: UpstreamContext, notes: Notebook): WireGenerationConfig {
  const { thinkingConfig } = config;
  if (context.traits.reasoning?.assumed) return config;
  if (!thinkingConfig?.thinkingLevel || thinkingControl(context) !== 'budget') return config;
  const reasoning = decodeThinking(thinkingConfig);
  if (!reasoning) return config;
  const { thinkingLevel, ...kept } = thinkingConfig;
  const asked = encodeReasoning({ ...NOTHING_ELSE, reasoning, ...limitOf(config) }, context, notes);
  changed('thinkingConfig.thinkingLevel', `this model takes budgets: ${thinkingLevel} was sent as one`, notes);
  return { ...config, thinkingConfig: { ...kept, ...asked } };
}

const NOTHING_ELSE = { messages: [], tools: [], sampling: {}, stream: false, options: {}, extras: {} } as const;

function limitOf({ maxOutputTokens }: WireGenerationConfig): { readonly maxOutputTokens?: number } {
  return typeof maxOutputTokens === 'number' ? { maxOutputTokens } : {};
}
