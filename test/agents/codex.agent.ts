/** Codex (https://github.com/openai/codex/blob/main/docs/config.md) through /v1/responses, against a host of Anthropic's grammar. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { AFTER, type AgentLab, binaryOf, MODEL, openLab, promptOf, RAN, runAgent, TASK_FILE } from './lab.ts';

const codex = binaryOf('codex');
let lab: AgentLab;
beforeAll(async () => {
  lab = await openLab('anthropic-messages');
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
});
afterAll(() => lab.stop());

test.skipIf(!codex)('reads, edits and runs', async () => {
  const prompt = promptOf([
    { tool: 'exec_command', input: { cmd: `cat ${TASK_FILE}` } },
    { tool: 'exec_command', input: { cmd: `sed -i s/world/signalbox/ ${TASK_FILE}` } },
    { tool: 'exec_command', input: { cmd: `cp ${TASK_FILE} ${RAN}` } },
  ]);
  const command = [codex ?? '', 'exec', '--skip-git-repo-check', '--sandbox', 'danger-full-access', prompt];
  const { exitCode, output } = await runAgent(lab, command, { SIGNALBOX_API_KEY: lab.gateway.apiKey });
  expect({ exitCode, output }).toMatchObject({ exitCode: 0, output: expect.stringContaining('All 3 steps are done.') });
  expect(lab.read(TASK_FILE)).toBe(AFTER);
  expect(lab.read(RAN)).toBe(AFTER);
});
