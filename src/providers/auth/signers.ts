/** Makes the signers of a process: one memory of tokens, which outlives every reload of the configuration. */
import type { Clock } from '../../core/ids.ts';
import type { Signer } from '../signer.ts';
import { createGoogleSigner, createGoogleTokens } from './google-token.ts';
import { createIbmSigner, createIbmTokens } from './ibm-token.ts';
import type { CredentialUse, CredentialValues } from './scheme.ts';
import { createSigV4Signer } from './sigv4.ts';
import type { AskForToken } from './token-answer.ts';
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
  const ports = { ask, clock };
  const tokensOf = (values: CredentialValues, purpose: string, create: () => TokenCache): TokenCache => {
    const account = JSON.stringify([purpose, values]);
    const tokens = accounts.get(account) ?? create();
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
          return createGoogleSigner(
            values,
            tokensOf(values, use.scope, () => createGoogleTokens(values, use.scope, ports)),
          );
        case 'ibm-token':
          return createIbmSigner(tokensOf(values, use.kind, () => createIbmTokens(values, ports)));
      }
    },
  };
}
