import { messagesDoor } from './doors.ts';
import { defineProvider, MINUTE_MS } from './provider.ts';

/** https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope */
export const alibaba = defineProvider({
  id: 'alibaba',
  name: 'Alibaba',
  baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  otherHosts: ['dashscope.aliyuncs.com', 'dashscope-us.aliyuncs.com'],
  dialect: 'openai-chat',
  doors: [
    // https://www.alibabacloud.com/help/en/model-studio/compatibility-with-openai-responses-api: Qwen only.
    { dialect: 'openai-responses', models: ['qwen/'] },
    // https://www.alibabacloud.com/help/en/model-studio/anthropic-api-messages
    messagesDoor('alibaba', {
      models: ['qwen/'],
      baseUrl: 'https://dashscope-intl.aliyuncs.com/apps/anthropic/v1',
      authorize: { kind: 'header', name: 'x-api-key' },
    }),
  ],
  keyEnv: ['DASHSCOPE_API_KEY', 'ALIBABA_API_KEY'],
  authorize: { kind: 'bearer' },
  // 6 recorded replies: total = prompt + completion, reasoning inside.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // Bills the whole completion after a disconnect (OpenRouter's API), so what was paid for is read.
  onDisconnect: 'drain',
  quirks: { rejects: ['store'], reasoningStyle: 'enable_thinking', cacheControl: true },
  policy: { training: false, retentionDays: null, headquarters: 'CN' },
  // Marked prefixes live five minutes after their last use; what it caches by itself has no promise and no price of its own:
  // https://www.alibabacloud.com/help/en/model-studio/context-cache
  promptCache: { lifeMs: 5 * MINUTE_MS, writes: 'marked' },
});
