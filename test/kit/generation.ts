/** What the books say: `GET /generation`, `GET /key`, and prices in integers. */
import { z } from 'zod';
import { parseNanoUsd } from '../../src/core/money.ts';
import { type Asked, ask } from './ask.ts';

const generation = z.looseObject({
  id: z.string(),
  model: z.string(),
  provider_name: z.string().nullable(),
  provider_responses: z.array(
    z.looseObject({ provider_name: z.string(), status: z.int().nullable(), model_permaslug: z.string() }),
  ),
  streamed: z.boolean(),
  cancelled: z.boolean(),
  finish_reason: z.string().nullable(),
  native_finish_reason: z.string().nullable(),
  total_cost: z.number(),
  usage: z.number(),
  tokens_prompt: z.int().nullable(),
  tokens_completion: z.int().nullable(),
});

export type Generation = z.infer<typeof generation>;

/** @throws where it is not known (yet) */
export async function generationOf(gateway: Asked, id: string, key = gateway.apiKey): Promise<Generation> {
  const response = await ask(gateway, null, { method: 'GET', path: `/api/v1/generation?id=${id}`, key });
  if (response.status !== 200) throw new Error(`GET /generation: ${response.status} ${await response.text()}`);
  return z.object({ data: generation }).parse(await response.json()).data;
}

/** The generation of an exchange whose client did not see its end, once it has been settled. */
export async function settledGeneration(gateway: Asked, id: string, timeoutMs = 2000): Promise<Generation> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await generationOf(gateway, id);
    } catch (error) {
      if (performance.now() > until) throw error;
      await Bun.sleep(10);
    }
  }
}

/** What a key has spent, in USD. */
export async function spendOf(gateway: Asked, key = gateway.apiKey): Promise<number> {
  const response = await ask(gateway, null, { method: 'GET', path: '/api/v1/key', key });
  return z.object({ data: z.looseObject({ usage: z.number() }) }).parse(await response.json()).data.usage;
}

/** Nanodollars of the simulated models: 1 USD a million tokens in, 2 out. */
export function simCostNanoUsd(promptTokens: number, completionTokens: number): bigint {
  return BigInt(promptTokens) * 1000n + BigInt(completionTokens) * 2000n;
}

/** A wire amount in the ledger's unit. @throws where it has digits below a nanodollar */
export function nanoUsd(amount: number): bigint {
  return parseNanoUsd(String(amount));
}
