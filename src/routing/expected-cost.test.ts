import { describe, expect, test } from 'bun:test';
import { type Ask, type Host, pico, planOf } from './lab.fixture.ts';

/** What the one endpoint is expected to cost, in USD per million of such requests. */
function costOf(host: Omit<Host, 'name'>, ask: Omit<Ask, 'hosts'> = {}): number {
  const [target] = planOf({ hosts: [{ name: 'host', ...host }], ...ask }).targets;
  return (target?.costPico ?? Number.NaN) / Number(pico(1));
}

const prices = { prompt: 2, completion: 10 };
const tokens = (promptTokensEstimate: number, maxOutputTokens: number | null = null) => ({
  demand: { promptTokensEstimate, maxOutputTokens },
});

test('the estimated prompt, and as much output as is asked for, at most 1000 tokens', () => {
  expect(costOf({ prices }, tokens(100))).toBe(100 * 2 + 1000 * 10);
  expect(costOf({ prices }, tokens(100, 50))).toBe(100 * 2 + 50 * 10);
  expect(costOf({ prices }, tokens(100, 5000))).toBe(100 * 2 + 1000 * 10);
});

test('the fee of a request, and a discount', () => {
  expect(costOf({ prices: { ...prices, request: 7 } }, tokens(100, 50))).toBe(100 * 2 + 50 * 10 + 7);
  expect(costOf({ prices, discount: 0.5 }, tokens(100, 50))).toBe((100 * 2 + 50 * 10) / 2);
});

test('the tier of its length and the tariff of the day', () => {
  const overrides = [
    { minPromptTokens: 100, axes: { prompt: pico(4) } },
    { utcStart: 1200, utcEnd: 1300, axes: { completion: pico(20) } },
  ];
  expect(costOf({ prices, overrides }, tokens(100, 50))).toBe(100 * 2 + 50 * 20);
  expect(costOf({ prices, overrides }, tokens(101, 50))).toBe(101 * 4 + 50 * 20);
});

describe('a conversation', () => {
  const cached = { ...prices, inputCacheRead: 0.5, inputCacheWrite: 3 };
  const sticky = (name: string, cachedTokens: number) => ({ ...tokens(100, 50), sticky: { name, cachedTokens } });

  test('reads at the endpoint that holds its cache', () => {
    expect(costOf({ prices: cached }, sticky('host', 80))).toBe(80 * 0.5 + 20 * 2 + 50 * 10);
    expect(costOf({ prices: cached }, sticky('host', 8000))).toBe(100 * 0.5 + 50 * 10);
    expect(costOf({ prices }, sticky('host', 80))).toBe(100 * 2 + 50 * 10);
  });

  test('begins with a cold cache elsewhere, and writes one where it is marked or written unasked', () => {
    const elsewhere = (host: Omit<Host, 'name'>, marksCache: boolean): number => {
      const ask = sticky('holds', 80);
      const hosts = [{ name: 'holds' }, { name: 'host', ...host }];
      const { targets } = planOf({ ...ask, hosts, demand: { ...ask.demand, marksCache } });
      const target = targets.find(({ candidate }) => candidate.host.name === 'host');
      return (target?.costPico ?? Number.NaN) / Number(pico(1));
    };
    expect(elsewhere({ prices: cached }, false)).toBe(100 * 2 + 50 * 10);
    expect(elsewhere({ prices: cached }, true)).toBe(100 * 3 + 50 * 10);
    const unasked = { provider: { writesCache: true }, endpoint: { supportsImplicitCaching: true } };
    expect(elsewhere({ prices: cached, ...unasked }, false)).toBe(100 * 3 + 50 * 10);
    expect(elsewhere({ prices, ...unasked }, true)).toBe(100 * 2 + 50 * 10);
  });
});
