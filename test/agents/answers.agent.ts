/** Answers that agents took amiss. */
import { expect, test } from 'bun:test';
import type { SimDialect } from '../../src/providers/sim/grammar.ts';
import { type Agent, binaryOf } from './agent.ts';
import { claudeCode } from './claude-code.ts';
import { geminiCli } from './gemini-cli.ts';
import { openLab, TASK_FILE } from './lab.ts';
import { promptOf, send } from './led.ts';

async function outputOf(
  agent: Agent,
  upstream: SimDialect,
  model: string,
  prompt: string,
  settings = '',
): Promise<string> {
  const lab = await openLab(upstream, settings);
  try {
    const { exitCode, output } = await send(agent, lab, prompt, model);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    return output;
  } finally {
    await lab.stop();
  }
}

test.skipIf(!binaryOf(claudeCode))('Claude Code prints an answer that Google signs at its end', async () => {
  expect(await outputOf(claudeCode, 'gemini', 'sim/reasoner', 'Said back?')).toContain('Said back?');
});

test.skipIf(!binaryOf(geminiCli))('Gemini CLI asks again where the answer to a tool broke off', async () => {
  // The call of the tool has fewer bytes than the fault leaves, the first answer to its result has more.
  const upstream = 'sim/agent?frames=40&cut=4000&times=2&key=gemini-cli';
  const settings = `  lab: { dialect: openai-chat, base_url: "sim://lab/v1", api_key: none, models: [{ id: lab/breaks, upstream: "${upstream}" }] }`;
  const prompt = promptOf([{ tool: 'read_file', input: { file_path: TASK_FILE } }]);
  expect(await outputOf(geminiCli, 'openai-chat', 'lab/breaks', prompt, settings)).toContain('Hello, world');
});
