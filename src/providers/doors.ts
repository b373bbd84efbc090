/** Doors that several hosts have alike, and those of a host with many. */
import type { Door } from './provider.ts';

type Rest = Omit<Door, 'dialect' | 'quirks'>;

/** Claude itself, at another host: its signatures are good everywhere (https://platform.claude.com/docs/en/build-with-claude/extended-thinking). */
export function claudeDoor(rest: Rest, quirks: Door['quirks'] = {}): Door {
  const format = { cacheControl: true, reasoningFormat: 'anthropic-claude-v1' };
  return { dialect: 'anthropic-messages', ...rest, quirks: { ...format, ...quirks } };
}

/** Somebody else's models: what they thought is for them alone. Where nothing is said the key goes as Bearer. */
export function messagesDoor(providerId: string, rest: Rest = {}): Door {
  return {
    dialect: 'anthropic-messages',
    authorize: { kind: 'bearer' },
    ...rest,
    quirks: { reasoningFormat: `${providerId}-messages-v1` },
  };
}

/** Bedrock's second endpoint, which speaks OpenAI's grammars, under a service name of its own. */
export function mantleDoor(maker: 'openai' | 'xai', rest: Rest): Door {
  return {
    dialect: 'openai-responses',
    baseUrl: 'https://bedrock-mantle.{region}.api.aws/openai/v1',
    use: { kind: 'sigv4', service: 'bedrock-mantle' },
    ...rest,
    quirks: { reasoningFormat: `bedrock-${maker}-responses-v1` },
  };
}
