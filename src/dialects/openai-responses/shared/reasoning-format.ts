/**
 * Whose reasoning it is. Encrypted content can be read by its maker alone: another host refuses the request over it
 * (https://github.com/openai/codex/issues/8119). So each maker's has a format of its own.
 */
import type { HostProfile } from '../../host.ts';

/** The format of encrypted content that nobody marked: the grammar owner's. */
export const OWNER_FORMAT = 'openai-responses-v1';

/** Formats that OpenRouter's clients know (`ReasoningFormat` of @openrouter/sdk); they drop details of any other. */
const PUBLIC_FORMATS: ReadonlySet<string> = new Set([
  OWNER_FORMAT,
  'azure-openai-responses-v1',
  'bedrock-openai-responses-v1',
  'bedrock-xai-responses-v1',
  'xai-responses-v1',
  'meta-responses-v1',
  'anthropic-claude-v1',
  'google-gemini-v1',
]);

export function isPublicFormat(format: string): boolean {
  return PUBLIC_FORMATS.has(format);
}

/** The format of what this host makes: by its name, as OpenRouter names them, unless its description says otherwise. */
export function reasoningFormatOf({ providerId, quirks }: HostProfile): string {
  return quirks.reasoningFormat ?? `${providerId}-responses-v1`;
}

/** Whether reasoning of this format may be sent to the host. A gateway sorts out all formats by itself. */
export function takesFormat(format: string | null | undefined, host: HostProfile): boolean {
  if (host.quirks.gatewayFields && host.quirks.reasoningFormat === undefined) return true;
  return format === reasoningFormatOf(host);
}
