/** The tier in both lanes: what the host is asked for, and what it says it served. */
import { describe, expect, test } from 'bun:test';
import type { JsonObject } from '../../core/json.ts';
import type { ServiceTier } from '../../core/service-tier.ts';
import type { RelayContext } from '../dialect.ts';
import type { HostQuirks } from '../host.ts';
import { contextWith, testHead } from '../shared/testing/context.ts';
import { decodeChatRequest } from './client-decode.ts';
import { parseChatRequest } from './client-request.ts';
import { openRelay } from './relay.ts';
import { relayResponse } from './relay-response.ts';
import { decodeChatResponse } from './response.ts';
import { retarget } from './retarget.ts';
import { openChatDecoder } from './stream-decoder.ts';
import { encodeChatRequest } from './upstream-request.ts';

interface Case {
  readonly asked?: string;
  readonly tier?: ServiceTier;
  readonly quirks?: HostQuirks;
}

/** The same request in both lanes, which must agree. */
function send({ asked, tier, quirks = {} }: Case) {
  const wire = parseChatRequest({
    model: 'author/model',
    messages: [{ role: 'user', content: 'Hello' }],
    ...(asked && { service_tier: asked }),
  });
  const context = contextWith({ quirks, ...(tier && { serviceTier: tier }) });
  const relayed = retarget(wire, context);
  const translated = encodeChatRequest(decodeChatRequest(wire).value, context);
  expect(translated.value.body['service_tier']).toEqual(relayed.value.body['service_tier']);
  expect(translated.notes).toEqual(relayed.notes);
  return {
    body: relayed.value.body,
    sent: relayed.value.body['service_tier'],
    notes: relayed.notes.map(({ code, field }) => `${code} ${field}`),
  };
}

describe('the host is asked', () => {
  test.each(['priority', 'flex'] as const)('for %s by an endpoint of that tier, whatever the caller said', (tier) => {
    for (const asked of [undefined, 'auto', 'default', 'fast', 'priority', 'flex', 'ultrafast']) {
      expect(send({ tier, ...(asked && { asked }) })).toMatchObject({ sent: tier, notes: [] });
    }
  });

  test.each(['priority', 'fast', 'flex', 'ultrafast', 'turbo'])('for no %s by any other endpoint', (asked) => {
    expect(send({ asked })).toMatchObject({ notes: ['parameter.dropped service_tier'] });
    expect(send({ asked }).body).not.toHaveProperty('service_tier');
  });

  test.each(['auto', 'default', 'scale', 'on_demand'])(
    'for %s in the caller’s words: no price hangs on it',
    (asked) => {
      expect(send({ asked })).toMatchObject({ sent: asked, notes: [] });
    },
  );

  test('for nothing where nothing was said', () => {
    expect(send({}).body).not.toHaveProperty('service_tier');
    expect(send({}).notes).toEqual([]);
  });

  test('in the caller’s words where it is a gateway, which reports what it charged', () => {
    const quirks = { gatewayFields: ['provider'] };
    for (const asked of ['priority', 'flex', 'auto'])
      expect(send({ asked, quirks })).toMatchObject({ sent: asked, notes: [] });
    expect(send({ asked: 'flex', tier: 'priority', quirks }).sent).toBe('priority');
  });

  test('under its own name for the field; a host that refuses the field gets none', () => {
    expect(send({ tier: 'flex', quirks: { renames: { service_tier: 'tier' } } }).body['tier']).toBe('flex');
    expect(send({ asked: 'auto', quirks: { rejects: ['service_tier'] } })).toMatchObject({
      sent: undefined,
      notes: ['parameter.dropped service_tier'],
    });
  });
});

describe('the tier that served', () => {
  const reply = (serviceTier: string): JsonObject => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'model-1',
    service_tier: serviceTier,
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  });
  const chunk = (serviceTier: string): string =>
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'model-1',
      service_tier: serviceTier,
      choices: [{ index: 0, delta: { content: 'Hi' } }],
    });
  const settled = {
    usage: { counts: { promptTokens: 1, completionTokens: 1 }, estimated: false },
    costNanoUsd: 0n,
    promptCostNanoUsd: 0n,
    completionCostNanoUsd: 0n,
    isByok: false,
  };

  test.each([
    ['priority', 'priority'],
    ['fast', 'priority'],
    ['flex', 'flex'],
    ['default', 'default'],
    ['on_demand', 'default'],
    ['standard', 'default'],
  ])('%s is told as %s, whole and streamed, in both lanes', (said, told) => {
    const context: RelayContext = { ...contextWith(), head: testHead, wire: {} };
    expect(decodeChatResponse(reply(said), context).serviceTier).toBe(told);
    expect(relayResponse(reply(said), context).encode(settled)['service_tier']).toBe(told);
    const [start] = openChatDecoder(context).push({ data: chunk(said) });
    expect(start).toMatchObject({ type: 'response-start', serviceTier: told });
    const relay = openRelay(context);
    for (let i = 0; i < 4; i++) expect(relay.push(chunk(said))).toContain(`"service_tier":"${told}"`);
    expect(relay.meter.serviceTier).toBe(told);
  });
});
