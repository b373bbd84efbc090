/** Codex (https://github.com/openai/codex/blob/main/docs/config.md) through /v1/responses. */
import type { Agent } from './agent.ts';
import { MODEL, RAN, TASK_FILE } from './lab.ts';

export const codex: Agent = {
  name: 'Codex',
  command: 'codex',
  upstream: 'anthropic-messages',
  prepare(lab) {
    lab.settings(
      '.codex/config.toml',
      `model = "${MODEL}"
model_provider = "signalbox"

[model_providers.signalbox]
name = "Signalbox"
base_url = "${lab.gateway.url}/api/v1"
env_key = "SIGNALBOX_API_KEY"
wire_api = "responses"
`,
    );
  },
  task: () => [
    { tool: 'exec_command', input: { cmd: `cat ${TASK_FILE}` } },
    { tool: 'exec_command', input: { cmd: `sed -i s/world/signalbox/ ${TASK_FILE}` } },
    { tool: 'exec_command', input: { cmd: `cp ${TASK_FILE} ${RAN}` } },
  ],
  invocation: ({ gateway }, binary, prompt, model) => ({
    command: [binary, 'exec', '--skip-git-repo-check', '--sandbox', 'danger-full-access', '-m', model, prompt],
    env: { SIGNALBOX_API_KEY: gateway.apiKey },
  }),
};
