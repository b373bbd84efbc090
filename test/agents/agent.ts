/** What a coding agent must say of itself to be led through a task. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SimDialect } from '../../src/providers/sim/grammar.ts';
import type { SimStepCall } from '../../src/providers/sim/steps.ts';
import type { AgentLab } from './lab.ts';

export interface Agent {
  readonly name: string;
  /** Under `node_modules/.bin`. */
  readonly command: string;
  /** The grammar of the host that it meets where it is run once: another than its own. */
  readonly upstream: SimDialect;
  /** Writes its settings into the lab's home. */
  prepare(lab: AgentLab): void;
  /** Read the file, edit it, copy it: in the agent's own tools. */
  task(lab: AgentLab): readonly SimStepCall[];
  invocation(lab: AgentLab, binary: string, prompt: string, model: string): Invocation;
}

export interface Invocation {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Null where the agent's package is not installed (npm install --no-save --prefix test/agents). */
export function binaryOf({ command }: Pick<Agent, 'command'>): string | null {
  const path = join(import.meta.dir, 'node_modules', '.bin', command);
  return existsSync(path) ? path : null;
}
