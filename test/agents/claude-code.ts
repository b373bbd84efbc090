/** Claude Code (https://code.claude.com/docs/en/llm-gateway) through /v1/messages. */
import type { Agent } from './agent.ts';
import { RAN, TASK_FILE } from './lab.ts';

export const claudeCode: Agent = {
  name: 'Claude Code',
  command: 'claude',
  upstream: 'gemini',
  prepare() {},
  task: (lab) => [
    { tool: 'Read', input: { file_path: lab.path(TASK_FILE) } },
    { tool: 'Edit', input: { file_path: lab.path(TASK_FILE), old_string: 'world', new_string: 'signalbox' } },
    { tool: 'Bash', input: { command: `cp ${TASK_FILE} ${RAN}`, description: 'Copies the file' } },
  ],
  invocation: ({ gateway }, binary, prompt, model) => ({
    command: [
      ...[binary, '-p', prompt, '--model', model],
      ...['--permission-mode', 'acceptEdits', '--allowedTools', 'Read Edit Bash'],
    ],
    env: {
      ANTHROPIC_BASE_URL: `${gateway.url}/api`,
      ANTHROPIC_AUTH_TOKEN: gateway.apiKey,
      ANTHROPIC_SMALL_FAST_MODEL: model,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    },
  }),
};
