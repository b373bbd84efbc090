/**
 * Whose reasoning it is. Encrypted content can be read by its maker alone: another host refuses the request over it
 * (https://github.com/openai/codex/issues/8119), so each maker's has a format of its own, named as OpenRouter names them
 * (https://openrouter.ai/docs/guides/best-practices/reasoning-tokens): `openai-responses-v1`, `xai-responses-v1`, ….
 */
import type { HostProfile } from '../../host.ts';

/** The format of encrypted content that nobody marked: the grammar owner's. */
export const OWNER_FORMAT = 'openai-responses-v1';

/** The format of what this host makes: its own by its name, unless its description says otherwise. */
export function reasoningFormatOf({ providerId, quirks }: HostProfile): string {
  return quirks.reasoningFormat ?? `${providerId}-responses-v1`;
}

/** Whether reasoning of this format may be sent to the host. A gateway sorts out all formats by itself. */
export function takesFormat(format: string | null | undefined, host: HostProfile): boolean {
  if (host.quirks.gatewayFields && host.quirks.reasoningFormat === undefined) return true;
  return format === reasoningFormatOf(host);
}
