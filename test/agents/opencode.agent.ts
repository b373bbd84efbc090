/** opencode (https://opencode.ai/docs/providers) through /v1/chat/completions, against a host of OpenAI's Responses grammar. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { AFTER, type AgentLab, binaryOf, MODEL, openLab, promptOf, RAN, runAgent, TASK_FILE } from './lab.ts';

const opencode = binaryOf('opencode');
let lab: AgentLab;
beforeAll(async () => {
  lab = await openLab('openai-responses');
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
});
afterAll(() => lab.stop());

test.skipIf(!opencode)('reads, edits and runs', async () => {
  const prompt = promptOf([
    { tool: 'read', input: { filePath: lab.path(TASK_FILE) } },
    { tool: 'edit', input: { filePath: lab.path(TASK_FILE), oldString: 'world', newString: 'signalbox' } },
    { tool: 'bash', input: { command: `cp ${TASK_FILE} ${RAN}`, description: 'Copies the file' } },
  ]);
  // By its input: a prompt among the arguments is put in quotes.
  const env = { SIGNALBOX_API_KEY: lab.gateway.apiKey };
  const { exitCode, output } = await runAgent(lab, [opencode ?? '', 'run'], env, prompt);
  expect({ exitCode, output }).toMatchObject({ exitCode: 0, output: expect.stringContaining('All 3 steps are done.') });
  expect(lab.read(TASK_FILE)).toBe(AFTER);
  expect(lab.read(RAN)).toBe(AFTER);
});
