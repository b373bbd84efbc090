/** Claude Code (https://code.claude.com/docs/en/llm-gateway) through /v1/messages, against a host of Google's grammar. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { AFTER, type AgentLab, binaryOf, MODEL, openLab, promptOf, RAN, runAgent, TASK_FILE } from './lab.ts';

const claude = binaryOf('claude');
let lab: AgentLab;
beforeAll(async () => {
  lab = await openLab('gemini');
});
afterAll(() => lab.stop());

test.skipIf(!claude)('reads, edits and runs', async () => {
  const prompt = promptOf([
    { tool: 'Read', input: { file_path: lab.path(TASK_FILE) } },
    { tool: 'Edit', input: { file_path: lab.path(TASK_FILE), old_string: 'world', new_string: 'signalbox' } },
    { tool: 'Bash', input: { command: `cp ${TASK_FILE} ${RAN}`, description: 'Copies the file' } },
  ]);
  const command = [
    claude ?? '',
    '-p',
    prompt,
    '--model',
    MODEL,
    '--permission-mode',
    'acceptEdits',
    '--allowedTools',
    'Read Edit Bash',
  ];
  const { exitCode, output } = await runAgent(lab, command, {
    ANTHROPIC_BASE_URL: `${lab.gateway.url}/api`,
    ANTHROPIC_AUTH_TOKEN: lab.gateway.apiKey,
    ANTHROPIC_SMALL_FAST_MODEL: MODEL,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  });
  expect({ exitCode, output }).toMatchObject({ exitCode: 0, output: expect.stringContaining('All 3 steps are done.') });
  expect(lab.read(TASK_FILE)).toBe(AFTER);
  expect(lab.read(RAN)).toBe(AFTER);
});
