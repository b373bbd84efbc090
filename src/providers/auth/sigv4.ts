/**
 * AWS Signature Version 4 by AWS's own library:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import type { Clock } from '../../core/ids.ts';
import type { Signer, UnsignedRequest } from '../signer.ts';
import type { CredentialScheme, CredentialValues } from './scheme.ts';

export interface SigV4Options {
  /** `access_key_id`, `secret_access_key` and, for temporary credentials, `session_token`. */
  readonly values: CredentialValues;
  readonly region: string;
  readonly service: string;
  readonly clock: Clock;
}

/** The pair of keys, and its environment variables as every AWS tool knows them. */
export function sigV4(service: string): CredentialScheme {
  return {
    use: { kind: 'sigv4', service },
    described: 'credentials with access_key_id and secret_access_key',
    env: {
      access_key_id: ['AWS_ACCESS_KEY_ID'],
      secret_access_key: ['AWS_SECRET_ACCESS_KEY'],
      session_token: ['AWS_SESSION_TOKEN'],
    },
    fileEnv: [],
    names: ['access_key_id', 'secret_access_key', 'session_token'],
    signedSettings: ['region'],
    problemWith(values) {
      const missing = ['access_key_id', 'secret_access_key'].filter((name) => !values[name]);
      if (missing.length > 0) return `needs ${missing.join(' and ')}.`;
      // Temporary keys are recognised by their beginning and refused without their token:
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
      const isTemporary = values['access_key_id']?.startsWith('ASIA') ?? false;
      return isTemporary && !values['session_token'] ? 'needs session_token: the access key is a temporary one.' : null;
    },
  };
}

/** What a signature consists of; the other headers are those of the request, as it spells them. */
const ADDED: ReadonlySet<string> = new Set(['authorization', 'x-amz-date', 'x-amz-security-token']);

/** Signs the host, the content type, the body and every `x-amz-` header: what a proxy on the way may rewrite is left out. */
export function createSigV4Signer({ values, region, service, clock }: SigV4Options): Signer {
  const { access_key_id = '', secret_access_key = '', session_token } = values;
  const credentials = {
    accessKeyId: access_key_id,
    secretAccessKey: secret_access_key,
    ...(session_token && { sessionToken: session_token }),
  };
  const library = lazily(async () => {
    const { SignatureV4 } = await import('@smithy/signature-v4');
    // The body is in the signature all the same; only S3 wants its hash in a header too.
    return new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
  });
  return async (request) => {
    const signer = await library();
    const { headers } = await signer.sign(toSignable(request), { signingDate: new Date(clock.now()) });
    const added = Object.entries(headers).filter(([name]) => ADDED.has(name));
    return { ...request.headers, ...Object.fromEntries(added) };
  };
}

/** The library takes 30 ms to load: only who signs waits for it, once. */
function lazily<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loaded: Promise<Value> | undefined;
  return () => (loaded ??= load());
}

/** The URL in its parts, as it is sent: what is escaped in it stays escaped, and is escaped once more in the signature. */
function toSignable({ url, headers, body }: UnsignedRequest) {
  const { protocol, hostname, host, pathname, searchParams } = new URL(url);
  const isSigned = (name: string): boolean => name === 'content-type' || name.startsWith('x-amz-');
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    method: 'POST',
    protocol,
    hostname,
    path: pathname,
    query: Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)])),
    headers: { host, ...Object.fromEntries(lowerCase.filter(([name]) => isSigned(name))) },
    body,
  };
}

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** The runtime's own SHA-256 in the form that the library asks for; with a secret, HMAC. */
export class Sha256 {
  readonly #hash: Bun.CryptoHasher;

  constructor(secret?: Bytes) {
    this.#hash = new Bun.CryptoHasher('sha256', secret === undefined ? undefined : plain(secret));
  }

  update(data: Bytes): void {
    this.#hash.update(plain(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function plain(data: Bytes): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
