/** Makes the signers of a process: one memory of tokens, which outlives every reload of the configuration. */
import type { Clock } from '../../core/ids.ts';
import type { Signer } from '../signer.ts';
import { type AskForToken, createGoogleSigner, createGoogleTokens } from './google-token.ts';
import type { CredentialUse, CredentialValues } from './scheme.ts';
import { createSigV4Signer } from './sigv4.ts';
import type { TokenCache } from './token-cache.ts';

export interface Signers {
  /** @param settings of the provider: a signature names its `region` */
  of(use: CredentialUse, values: CredentialValues, settings: Readonly<Record<string, string>>): Signer;
}

export interface SignerPorts {
  readonly clock: Clock;
  readonly ask: AskForToken;
}

/** More accounts than anybody configures at once: what is left over from reloads goes first. */
const MOST_ACCOUNTS = 100;

export function createSigners({ clock, ask }: SignerPorts): Signers {
  const accounts = new Map<string, TokenCache>();
  const tokensOf = (values: CredentialValues, scope: string): TokenCache => {
    const account = JSON.stringify([scope, values]);
    const tokens = accounts.get(account) ?? createGoogleTokens(values, scope, { ask, clock });
    accounts.delete(account);
    accounts.set(account, tokens);
    const [oldest] = accounts.keys();
    if (accounts.size > MOST_ACCOUNTS && oldest !== undefined) accounts.delete(oldest);
    return tokens;
  };
  return {
    of(use, values, settings) {
      switch (use.kind) {
        case 'sigv4':
          return createSigV4Signer({ values, service: use.service, region: settings['region'] ?? '', clock });
        case 'google-token':
          return createGoogleSigner(values, tokensOf(values, use.scope));
      }
    },
  };
}
