/** What AWS does with a signed request, by hand: the signature is computed again from what arrived, step by step as the guide has it. */
import { createHash, createHmac } from 'node:crypto';

export interface SignedRequest {
  /** As it came: escapes are what was sent. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Verdict {
  readonly isGenuine: boolean;
  readonly accessKeyId: string;
  /** `20261121/eu-west-1/bedrock/aws4_request`. */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly atMs: number;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function verifySigV4(request: SignedRequest, secret: string): Verdict {
  const [, accessKeyId = '', scope = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), SignedHeaders=(\S+), Signature=(\S+)$/.exec(
      request.headers['authorization'] ?? '',
    ) ?? [];
  const at = request.headers['x-amz-date'] ?? '';
  const canonical = [
    'POST',
    request.path.split('/').map(escaped).join('/'),
    parametersOf(request.query),
    ...names.split(';').map((name) => `${name}:${request.headers[name]?.trim()}`),
    '',
    names,
    sha256(request.body),
  ].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((each, part) => hmac(each, part), `AWS4${secret}`);
  const expected = hmac(key, ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n')).toString('hex');
  const [, date = '', time = ''] = /^(\d{8})T(\d{6})Z$/.exec(at) ?? [];
  return {
    isGenuine: signature === expected && scope.startsWith(`${date}/`),
    accessKeyId,
    scope,
    signedHeaders: names.split(';'),
    atMs: Date.parse(`${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`),
  };
}

/** What stands escaped in the path is escaped once more. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function parametersOf(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '');
  const parts = pairs.map((pair) => pair.split('=').map((part) => escaped(decodeURIComponent(part))));
  return parts
    .map((pair) => pair.join('='))
    .sort()
    .join('&');
}
