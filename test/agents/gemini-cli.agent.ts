/** Gemini CLI (https://geminicli.com/docs/) through /v1beta, against a host of OpenAI's chat grammar. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { AFTER, type AgentLab, binaryOf, MODEL, openLab, promptOf, RAN, runAgent, TASK_FILE } from './lab.ts';

const gemini = binaryOf('gemini');
let lab: AgentLab;
beforeAll(async () => {
  lab = await openLab('openai-chat');
  const settings = {
    security: { auth: { selectedType: 'gemini-api-key' } },
    privacy: { usageStatisticsEnabled: false },
    general: { disableAutoUpdate: true },
  };
  lab.settings('.gemini/settings.json', JSON.stringify(settings));
});
afterAll(() => lab.stop());

test.skipIf(!gemini)('reads, edits and runs', async () => {
  const prompt = promptOf([
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
  ]);
  const command = [gemini ?? '', '--skip-trust', '-m', MODEL, '-y', '-p', prompt];
  const { exitCode, output } = await runAgent(lab, command, {
    GEMINI_API_KEY: lab.gateway.apiKey,
    GOOGLE_GEMINI_BASE_URL: lab.gateway.url,
  });
  expect({ exitCode, output }).toMatchObject({ exitCode: 0, output: expect.stringContaining('All 3 steps are done.') });
  expect(lab.read(TASK_FILE)).toBe(AFTER);
  expect(lab.read(RAN)).toBe(AFTER);
});
