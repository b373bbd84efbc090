/** opencode (https://opencode.ai/docs/providers) through /v1/chat/completions. */
import type { Agent } from './agent.ts';
import { MODEL, RAN, TASK_FILE } from './lab.ts';

export const opencode: Agent = {
  name: 'opencode',
  command: 'opencode',
  upstream: 'openai-responses',
  prepare(lab) {
    const config = {
      $schema: 'https://opencode.ai/config.json',
      provider: {
        signalbox: {
          npm: '@ai-sdk/openai-compatible',
          name: 'Signalbox',
          options: { baseURL: `${lab.gateway.url}/api/v1`, apiKey: '{env:SIGNALBOX_API_KEY}' },
          models: { [MODEL]: { name: 'Agent' } },
        },
      },
      model: `signalbox/${MODEL}`,
      small_model: `signalbox/${MODEL}`,
      autoupdate: false,
      share: 'disabled',
    };
    lab.settings('.config/opencode/opencode.json', JSON.stringify(config));
  },
  task: (lab) => [
    { tool: 'read', input: { filePath: lab.path(TASK_FILE) } },
    { tool: 'edit', input: { filePath: lab.path(TASK_FILE), oldString: 'world', newString: 'signalbox' } },
    { tool: 'bash', input: { command: `cp ${TASK_FILE} ${RAN}`, description: 'Copies the file' } },
  ],
  // By its input: a prompt among the arguments is put in quotes.
  invocation: ({ gateway }, binary, prompt, model) => ({
    command: [binary, 'run', '--model', `signalbox/${model}`],
    env: { SIGNALBOX_API_KEY: gateway.apiKey },
    input: prompt,
  }),
};
