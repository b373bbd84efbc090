import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const openssl = Bun.which('openssl');

/** Common name of the certificate that a new connection is shown. */
function shownName(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
    const name = socket.getPeerCertificate().subject.CN;
    resolve(Array.isArray(name) ? name.join() : name);
    socket.end();
  });
  socket.on('error', reject);
  return promise;
}

/** A connection may begin at the very moment at which one listener takes over from another: its client tries again. */
function ifReset(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') return null;
  throw error;
}

describe.skipIf(openssl === null)('HTTPS (skipped where there is no openssl to make a certificate with)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-tls-'));
  const file = (name: string) => join(folder, name);
  let gateway: Gateway;

  const makeCertificate = (name: string): void => {
    const made = Bun.spawnSync([
      ...[openssl ?? '', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
      ...['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)],
    ]);
    if (!made.success) throw new Error(made.stderr.toString());
  };
  const install = (name: string): void => {
    copyFileSync(file(`${name}.key`), file('live.key'));
    copyFileSync(file(`${name}.crt`), file('live.crt'));
  };
  const port = () => Number(new URL(gateway.url).port);
  const untilShown = async (name: string): Promise<void> => {
    const endsAt = Date.now() + 4000;
    while ((await shownName(port()).catch(ifReset)) !== name) {
      if (Date.now() > endsAt) throw new Error(`the certificate is still not ${name}`);
      await Bun.sleep(50);
    }
  };

  beforeAll(async () => {
    makeCertificate('first');
    makeCertificate('second');
    install('first');
    gateway = await startGateway({
      config: `providers: { sim: {} }\ntls: { cert: "${file('live.crt')}", key: "${file('live.key')}" }\n`,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    rmSync(folder, { recursive: true });
  });

  test('the API answers over TLS', async () => {
    expect(gateway.url).toStartWith('https://');
    const answer = await fetch(`${gateway.url}/health/live`, { tls: { rejectUnauthorized: false } });
    expect(answer.status).toBe(200);
    expect(await shownName(port())).toBe('first');
  });

  test('a renewed certificate is shown to new connections, without a restart', async () => {
    install('second');
    await untilShown('second');
  });

  test('a broken one leaves the last good one in place', async () => {
    writeFileSync(file('live.crt'), 'no certificate');
    await Bun.sleep(300);
    expect(await shownName(port())).toBe('second');
    expect(gateway.log()).toContain('the last good one stays');
  });
});
