/** Credentials that are no key, over real sockets: signatures and tokens as a cloud checks them, and secrets that never show. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignatureV4 } from '@smithy/signature-v4';
import { jwtVerify } from 'jose';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { Sha256 } from '../../src/providers/auth/sigv4.ts';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { type Verdict, verifySigV4 } from '../kit/sigv4.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

interface Arrived {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A host on a real socket whose answers a test writes. */
function startHost(answer: (request: Arrived) => Response | Promise<Response>) {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      return answer({ path: pathname, headers: Object.fromEntries(request.headers), body: await request.text() });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, host: `127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

const jsonOf = (text: string): JsonObject => {
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? value : {};
};

describe('a host that wants requests signed', () => {
  const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
  const verdicts: Verdict[] = [];
  const paths: string[] = [];
  const host = startHost(async (request) => {
    const verdict = verifySigV4({ ...request, query: '' }, SECRET);
    verdicts.push(verdict);
    paths.push(request.path);
    const isSameByLibrary = (await signedByLibrary(request, verdict)) === request.headers['authorization'];
    if (!verdict.isGenuine || !isSameByLibrary) {
      const message = 'The request signature we calculated does not match the signature you provided.';
      return Response.json({ message }, { status: 403, headers: { 'x-amzn-errortype': 'InvalidSignatureException' } });
    }
    return Response.json({
      output: { message: { role: 'assistant', content: [{ text: 'signed' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 3, outputTokens: 1, totalTokens: 4 },
      metrics: { latencyMs: 1 },
    });
  });

  /** The same request signed again by AWS's library, with what arrived. */
  async function signedByLibrary({ path, headers, body }: Arrived, { atMs, signedHeaders }: Verdict): Promise<string> {
    const signer = new SignatureV4({
      credentials: { accessKeyId: 'AKIA1', secretAccessKey: SECRET },
      region: 'eu-west-1',
      service: 'bedrock',
      sha256: Sha256,
      applyChecksum: false,
    });
    const kept = Object.fromEntries(signedHeaders.map((name) => [name, headers[name] ?? '']));
    const request = { method: 'POST', protocol: 'http:', hostname: '127.0.0.1', path, headers: kept, body };
    const signed = await signer.sign(request, { signingDate: new Date(atMs) });
    return signed.headers['authorization'] ?? '';
  }

  let gateway: Gateway;
  beforeAll(async () => {
    const entry = (secret: string): string => `
    base_url: "${host.url}"
    credentials: { access_key_id: AKIA1, secret_access_key: "${secret}" }
    settings: { region: eu-west-1 }
    headers: { X-Team: lab }
    models:
      - { id: lab/plain, upstream: "anthropic.claude-haiku-4-5-20251001-v1:0" }
      - { id: lab/profile, upstream: "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.x-v1:0" }`;
    gateway = await startGateway({ config: `providers:\n  amazon-bedrock:${entry(SECRET)}\n` });
  });
  afterAll(async () => {
    await gateway.stop();
    await host.stop();
  });

  test.each([
    ['lab/plain', '/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse'],
    ['lab/profile', '/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Feu.x-v1%3A0/converse'],
  ])('%s: the signature is that of the request as it arrived', async (model, path) => {
    const answer = await wholeOf(await ask(gateway, chat(model, 'grüße 🚂')));
    expect(answer.choices[0]?.message.content).toBe('signed');
    expect(paths.at(-1)).toBe(path);
    expect(verdicts.at(-1)).toMatchObject({ isGenuine: true, accessKeyId: 'AKIA1' });
    expect(verdicts.at(-1)?.scope).toEndWith('/eu-west-1/bedrock/aws4_request');
    expect(Math.abs((verdicts.at(-1)?.atMs ?? 0) - Date.now())).toBeLessThan(60_000);
    const { total_cost: cost } = await generationOf(gateway, answer.id);
    expect(cost).toBe(0);
  });

  test('a wrong secret is the host’s refusal, told without it', async () => {
    const wrong = await startGateway({
      config: `providers:
  amazon-bedrock:
    base_url: "${host.url}"
    credentials: { access_key_id: AKIA1, secret_access_key: wr0ng-s3cret }
    settings: { region: eu-west-1 }
    models: [{ id: lab/m, upstream: m }]
`,
    });
    const response = await ask(wrong, chat('lab/m'));
    expect(response.status).toBe(502);
    const error = await errorOf(response);
    expect(error.metadata.error_type).toBe('provider_unavailable');
    expect(JSON.stringify(error) + wrong.log()).not.toContain('wr0ng-s3cret');
    await wrong.stop();
  });
});

describe('a host that wants an account’s token', () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const secretLine = pem.split('\n')[3] ?? '';
  const arrived: Arrived[] = [];
  let tokensGiven = 0;
  let refuses = false;
  const host = startHost(async (request) => {
    if (request.path === '/token') return giveToken(request);
    arrived.push(request);
    if (request.headers['authorization'] !== `Bearer ya29.token-${tokensGiven}`) {
      return Response.json({ error: { code: 401, message: 'no', status: 'UNAUTHENTICATED' } }, { status: 401 });
    }
    return Response.json(request.path.includes('rawPredict') ? CLAUDE : GEMINI);
  });

  async function giveToken({ body }: Arrived): Promise<Response> {
    if (refuses) {
      const refusal = { error: 'invalid_grant', error_description: `Invalid JWT Signature. ${body}` };
      return Response.json(refusal, { status: 400 });
    }
    const assertion = new URLSearchParams(body).get('assertion') ?? '';
    const { payload } = await jwtVerify(assertion, keys.publicKey, {
      issuer: 'gate@lab.iam.gserviceaccount.com',
      audience: `${host.url}/token`,
      algorithms: ['RS256'],
    });
    if (payload['scope'] !== 'https://www.googleapis.com/auth/cloud-platform') return new Response('', { status: 400 });
    await Bun.sleep(20);
    tokensGiven += 1;
    return Response.json({ access_token: `ya29.token-${tokensGiven}`, expires_in: 3599, token_type: 'Bearer' });
  }

  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startWith('account.json');
  });
  afterAll(async () => {
    await gateway.stop();
    await host.stop();
  });

  /** The file is named in the configuration and read once. */
  async function startWith(file: string): Promise<Gateway> {
    const account = {
      type: 'service_account',
      project_id: 'lab',
      client_email: 'gate@lab.iam.gserviceaccount.com',
      private_key_id: 'k1',
      private_key: pem,
      token_uri: `${host.url}/token`,
    };
    const path = join(tmpdir(), `signalbox-${process.pid}-${file}`);
    writeFileSync(path, JSON.stringify(account), { mode: 0o600 });
    try {
      return await startGateway({
        config: `providers:
  google-vertex:
    base_url: "${host.url}"
    dialects: [gemini, anthropic-messages]
    credentials: "${path}"
    settings: { location: europe-west4 }
    models:
      - { id: lab/gem, upstream: gemini-x }
      - { id: lab/claude, upstream: "claude-haiku-4-5@20251001", dialect: anthropic-messages }
`,
      });
    } finally {
      rmSync(path);
    }
  }

  test('asks once for all who wait, and sends it with each request', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(async () => wholeOf(await ask(gateway, chat('lab/gem')))));
    expect(answers.map(({ choices }) => choices[0]?.message.content)).toEqual(['gem', 'gem', 'gem', 'gem']);
    expect(tokensGiven).toBe(1);
    expect(arrived.at(-1)?.path).toBe(
      '/v1/projects/lab/locations/europe-west4/publishers/google/models/gemini-x:generateContent',
    );
    expect(arrived.at(-1)?.headers['x-goog-api-key']).toBeUndefined();
  });

  test('Claude there has its name in the path and its version in the body', async () => {
    const answer = await wholeOf(await ask(gateway, chat('lab/claude', 'hi', { max_tokens: 50 })));
    expect(answer.choices[0]?.message.content).toBe('claude');
    expect(arrived.at(-1)?.path).toBe('/v1/models/claude-haiku-4-5@20251001:rawPredict');
    const body = jsonOf(arrived.at(-1)?.body ?? '');
    expect(body).toMatchObject({ anthropic_version: 'vertex-2023-10-16', max_tokens: 50 });
    expect(body).not.toHaveProperty('model');
    expect(arrived.at(-1)?.headers['anthropic-version']).toBeUndefined();
    expect(tokensGiven).toBe(1);
  });

  test('a refusal is the provider’s failure, with its cause and without the secret', async () => {
    refuses = true;
    const refused = await startWith('refused.json');
    const response = await ask(refused, chat('lab/gem'));
    expect(response.status).toBe(502);
    const error = await errorOf(response);
    expect(error.message).toStartWith('Google: no access token was given by 127.0.0.1');
    expect(error.message).toContain('invalid_grant: Invalid JWT Signature.');
    expect(error.message).toEndWith('Check that the account and its key still exist and that the clock is right.');
    const told = JSON.stringify(error) + refused.log();
    for (const secret of [secretLine, 'BEGIN PRIVATE', 'eyJ', 'ya29']) expect(told).not.toContain(secret);
    await refused.stop();
    refuses = false;
  });

  test('nothing secret is logged when all goes well', () => {
    expect(gateway.log()).not.toMatch(/ya29|BEGIN PRIVATE|eyJ/);
  });
});

const GEMINI = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'gem' }] }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1, totalTokenCount: 4 },
  modelVersion: 'gemini-x',
};
const CLAUDE = {
  id: 'msg_vrtx_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-haiku-4-5-20251001',
  content: [{ type: 'text', text: 'claude' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
};
