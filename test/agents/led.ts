/** An agent led through the task, and what came of it. */
import type { SimDialect } from '../../src/providers/sim/grammar.ts';
import type { SimStepCall } from '../../src/providers/sim/steps.ts';
import { type Agent, binaryOf } from './agent.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { geminiCli } from './gemini-cli.ts';
import { AFTER, type AgentLab, type AgentRun, MODEL, openLab, RAN, runAgent, TASK_FILE } from './lab.ts';
import { opencode } from './opencode.ts';

export const agents: readonly Agent[] = [claudeCode, codex, geminiCli, opencode];

const STEPS = 3;

export interface Led extends AgentRun {
  /** Of the file that is edited, and of its copy; null where there is none. */
  readonly edited: string | null;
  readonly copied: string | null;
  /** Calls that the gateway answered with anything but success, from its log. */
  readonly failed: readonly string[];
}

/** Leads the agent through the task, against a host of this grammar. @throws where the agent is not installed */
export async function lead(agent: Agent, upstream: SimDialect): Promise<Led> {
  const lab = await openLab(upstream);
  try {
    const run = await send(agent, lab, promptOf(agent.task(lab)));
    return { ...run, edited: lab.read(TASK_FILE), copied: lab.read(RAN), failed: failedIn(lab) };
  } finally {
    await lab.stop();
  }
}

/** Runs the agent with this prompt. @throws where it is not installed */
export function send(agent: Agent, lab: AgentLab, prompt: string, model = MODEL): Promise<AgentRun> {
  const binary = binaryOf(agent);
  if (binary === null) throw new Error(`${agent.name} is not installed`);
  agent.prepare(lab);
  const { command, env, input } = agent.invocation(lab, binary, prompt, model);
  return runAgent(lab, command, env, input);
}

/** What is not as it should be; empty where all is. */
export function faultsOf({ exitCode, output, edited, copied, failed }: Led): readonly string[] {
  return [
    ...(exitCode === 0 ? [] : [`it ended with ${exitCode}`]),
    ...(output.includes(`All ${STEPS} steps are done.`) ? [] : ['the last answer is not in its output']),
    ...(edited === AFTER ? [] : ['the file was not edited']),
    ...(copied === AFTER ? [] : ['the command was not run']),
    ...failed,
  ];
}

/** The simulated model takes the steps from what the agent is told. */
export function promptOf(steps: readonly SimStepCall[]): string {
  return `Do as you are told.\nSIM_STEPS=${JSON.stringify(steps)}`;
}

function failedIn({ gateway }: AgentLab): readonly string[] {
  const lines = gateway
    .log()
    .split('\n')
    .filter((line) => line.includes('"message":"exchange"'));
  return lines.filter((line) => !line.includes('"status":200,'));
}
