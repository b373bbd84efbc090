/** API keys made and changed through the management API, as an operator's program does it. */
import { z } from 'zod';
import type { Gateway } from './start-gateway.ts';

/** Who is asked: a gateway of this process or of its own. */
type Managed = Pick<Gateway, 'url' | 'managementKey'>;

export interface ApiKey {
  readonly key: string;
  readonly hash: string;
}

const created = z.object({ key: z.string(), data: z.object({ hash: z.string() }) });

export async function createApiKey(gateway: Managed, body: Readonly<Record<string, unknown>>): Promise<ApiKey> {
  const answer = await manage(gateway, 'POST', '/keys', body);
  const { key, data } = created.parse(answer);
  return { key, hash: data.hash };
}

export async function patchApiKey(
  gateway: Managed,
  { hash }: ApiKey,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  await manage(gateway, 'PATCH', `/keys/${hash}`, body);
}

/** A key whose limit is so small that its first request spends it. */
export async function spendLimit(gateway: Gateway): Promise<ApiKey> {
  const created = await createApiKey(gateway, { name: 'small', limit: 0.000001 });
  const response = await fetch(`${gateway.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${created.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim/echo', messages: [{ role: 'user', content: 'Spend it.' }] }),
  });
  if (!response.ok) throw new Error(`the first request of a limited key was refused: ${await response.text()}`);
  await response.json();
  return created;
}

async function manage(gateway: Managed, method: string, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${gateway.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${gateway.managementKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
