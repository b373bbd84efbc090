/** Gemini CLI (https://geminicli.com/docs/) through /v1beta. */
import type { Agent } from './agent.ts';
import { RAN, TASK_FILE } from './lab.ts';

const SETTINGS = {
  security: { auth: { selectedType: 'gemini-api-key' } },
  privacy: { usageStatisticsEnabled: false },
  general: { disableAutoUpdate: true },
};

export const geminiCli: Agent = {
  name: 'Gemini CLI',
  command: 'gemini',
  upstream: 'openai-chat',
  prepare(lab) {
    lab.settings('.gemini/settings.json', JSON.stringify(SETTINGS));
  },
  task: (lab) => [
    { tool: 'read_file', input: { file_path: lab.path(TASK_FILE) } },
    {
      tool: 'replace',
      input: {
        file_path: lab.path(TASK_FILE),
        instruction: 'Greet the gateway.',
        old_string: 'world',
        new_string: 'signalbox',
      },
    },
    { tool: 'run_shell_command', input: { command: `cp ${TASK_FILE} ${RAN}`, description: 'Copies the file' } },
  ],
  invocation: ({ gateway }, binary, prompt, model) => ({
    command: [binary, '--skip-trust', '-m', model, '-y', '-p', prompt],
    env: { GEMINI_API_KEY: gateway.apiKey, GOOGLE_GEMINI_BASE_URL: gateway.url },
  }),
};
