import { describe, expect, test } from 'bun:test';
import type { JsonObject } from '../../../core/json.ts';
import type { HostQuirks } from '../../host.ts';
import { contextWith } from '../testing/context.ts';
import { notForThisKind, picked, requestLike, sharedMembers, unspoken } from './whole-request.ts';

const KNOWN = new Set(['input', 'model']);
const members = (wire: JsonObject) => sharedMembers(wire, KNOWN);

describe('what a request says besides its kind', () => {
  test('the end user, wishes for a gateway behind this one, and what nobody knows', () => {
    const wire = {
      model: 'm',
      input: 'x',
      models: ['n'],
      provider: {},
      user: 'u',
      session_id: 's',
      trace: {},
      truncate: 'END',
      seed: null,
    };
    const { user, gatewayFields, extras } = members(wire);
    expect(user).toBe('u');
    expect({ ...gatewayFields }).toEqual({ session_id: 's', trace: {} });
    expect({ ...extras }).toEqual({ truncate: 'END' });
  });

  test('wishes for a conversation are noted', () => {
    const wire = { plugins: [], preset: null, transforms: ['middle-out'] };
    expect(notForThisKind(wire).map(({ field }) => field)).toEqual(['plugins', 'transforms']);
  });

  test('what another grammar has no word for is noted, but for what it knows', () => {
    const question = members({ user: 'u', truncate: 'END', frob: 1 });
    expect(unspoken(question, contextWith(), ['truncate']).map(({ field }) => field)).toEqual(['frob', 'user']);
    expect(picked(question, ['truncate', 'absent'])).toEqual({ truncate: 'END' });
  });
});

test('a host’s defaults yield to what is said; what it refuses is noted, whoever said it', () => {
  const quirks: HostQuirks = {
    defaults: { top_k: 3, dims: 8 },
    renames: { top_n: 'top_k' },
    rejects: ['user', 'frob'],
  };
  const question = members({ user: 'u', frob: 1, other: 2 });
  const { value, notes } = requestLike('/x', { top_n: 1, absent: undefined }, question, contextWith({ quirks }));
  expect({ ...value.body }).toEqual({ top_k: 1, dims: 8, model: 'model-1', other: 2 });
  expect(notes.map(({ field }) => field)).toEqual(['user', 'frob']);
});
