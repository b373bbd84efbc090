import { describe, expect, test } from 'bun:test';
import { emptyTurn, type SimPrompt, type SimTurn } from './prompt.ts';
import { stepDue, stepsSaying } from './steps.ts';

const STEPS = 'SIM_STEPS=[{"tool": "read", "input": {"path": "a]b"}}, {"tool": "bash", "input": {"command": "ls"}}]';
const asked: SimTurn = { ...emptyTurn('user'), text: `Do this.\n${STEPS}</prompt>\nThanks.` };
const called: SimTurn = { ...emptyTurn('assistant'), calls: [{ id: 'c', name: 'read', arguments: '{}' }] };
const told: SimTurn = { ...emptyTurn('tool'), results: [{ id: 'c', name: null, text: 'a file' }] };

function promptOf(turns: readonly SimTurn[], tools = ['read', 'bash']): SimPrompt {
  return {
    stream: true,
    system: '',
    turns,
    tools: tools.map((name) => ({ name, schema: {} })),
    toolChoice: { kind: 'auto' },
    parallelCalls: true,
    maxTokens: null,
    stop: [],
    answerSchema: null,
    reasoning: 'off',
    streamUsage: true,
    logprobs: false,
  };
}

describe('sim/agent', () => {
  test('calls one tool a turn, in order, and then says what came of it', () => {
    expect(stepDue(promptOf([asked]))).toEqual({ tool: 'read', input: { path: 'a]b' } });
    expect(stepDue(promptOf([asked, called, told]))).toEqual({ tool: 'bash', input: { command: 'ls' } });
    const done = promptOf([asked, called, told, called, told]);
    expect(stepDue(done)).toBeNull();
    expect(stepsSaying(done)).toBe('All 2 steps are done. The last result was: a file');
  });

  test('a later list takes the place of an earlier one', () => {
    const again = { ...asked, text: 'SIM_STEPS=[{"tool": "bash", "input": {}}]' };
    expect(stepDue(promptOf([asked, called, told, again]))).toEqual({ tool: 'bash', input: {} });
  });

  test('side questions without tools or without steps get a plain answer', () => {
    expect(stepDue(promptOf([asked], []))).toBeNull();
    expect(stepsSaying(promptOf([asked], []))).toBe('No tools were offered.');
    expect(stepsSaying(promptOf([{ ...emptyTurn('user'), text: 'hi' }]))).toBe('No SIM_STEPS= in the conversation.');
  });

  test('steps that cannot be taken are refused', () => {
    expect(() => stepDue(promptOf([asked], ['write']))).toThrow(
      'Step 1 calls read, which is not among the tools: write.',
    );
    expect(() => stepDue(promptOf([{ ...asked, text: 'SIM_STEPS=[oops]' }]))).toThrow('JSON list on one line');
  });
});
