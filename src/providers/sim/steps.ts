/**
 * sim/agent works through steps that the user wrote, one tool call a turn, so that any agent can be led through a task offline:
 *
 *   SIM_STEPS=[{"tool": "read", "input": {"path": "a.txt"}}, {"tool": "bash", "input": {"command": "ls"}}]
 *
 * on one line of a user message. When all are done it says so and quotes the last result.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import { type SimPrompt, SimRefusal, type SimTurn } from './prompt.ts';

const MARK = 'SIM_STEPS=';
const MOST_QUOTED = 400;

export interface SimStepCall {
  readonly tool: string;
  readonly input: JsonObject;
}

/** The call that is due; null where there is none, or no tools to call. @throws SimRefusal where the steps cannot be read */
export function stepDue(prompt: SimPrompt): SimStepCall | null {
  if (prompt.tools.length === 0) return null;
  const { steps, done } = progressOf(prompt);
  const due = steps[done];
  if (!due) return null;
  if (!prompt.tools.some(({ name }) => name === due.tool)) {
    const offered = prompt.tools.map(({ name }) => name).join(', ');
    throw new SimRefusal(400, `Step ${done + 1} calls ${due.tool}, which is not among the tools: ${offered}.`);
  }
  return due;
}

/** What is said where no call is due. */
export function stepsSaying(prompt: SimPrompt): string {
  const { steps, done } = progressOf(prompt);
  if (steps.length === 0) return `No ${MARK} in the conversation.`;
  if (prompt.tools.length === 0) return 'No tools were offered.';
  const result = prompt.turns.findLast(({ results }) => results.length > 0)?.results.at(-1)?.text ?? '';
  return `All ${done} steps are done. The last result was: ${result.slice(0, MOST_QUOTED)}`;
}

interface Progress {
  readonly steps: readonly SimStepCall[];
  readonly done: number;
}

function progressOf({ turns }: SimPrompt): Progress {
  const at = turns.findLastIndex(({ role, text }) => role === 'user' && text.includes(MARK));
  const turn = turns[at];
  if (!turn) return { steps: [], done: 0 };
  return { steps: stepsOf(turn), done: turns.slice(at + 1).filter(({ calls }) => calls.length > 0).length };
}

function stepsOf({ text }: SimTurn): readonly SimStepCall[] {
  const line = text.slice(text.lastIndexOf(MARK) + MARK.length).split('\n', 1)[0] ?? '';
  let parsed: Json;
  try {
    // Whatever follows the list on its line (a closing tag, a quote) is not ours.
    parsed = JSON.parse(line.slice(0, line.lastIndexOf(']') + 1));
  } catch {
    throw new SimRefusal(400, `${MARK} must be followed by a JSON list on one line.`);
  }
  return isJsonArray(parsed) ? parsed.filter(isJsonObject).map(stepOf) : [];
}

function stepOf(step: JsonObject): SimStepCall {
  return { tool: stringAt(step, 'tool') ?? '', input: objectAt(step, 'input') ?? {} };
}
