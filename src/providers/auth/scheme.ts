/** Credentials that are no single key: a pair of keys that signs each request, or an account that is given tokens. */

/** By name, as the configuration or the vendor's own file spells them. Secrets: never logged, never repeated in an error. */
export type CredentialValues = Readonly<Record<string, string>>;

/** What is done with them. */
export type CredentialUse =
  /** AWS Signature Version 4 over each request, for this service. */
  | { readonly kind: 'sigv4'; readonly service: string }
  /** Google's token endpoint gives an access token of this scope. */
  | { readonly kind: 'google-token'; readonly scope: string }
  /** IBM Cloud's token endpoint gives an access token for an API key. */
  | { readonly kind: 'ibm-token' };

export interface CredentialScheme {
  readonly use: CredentialUse;
  /** How to give them, in words: `a service account's JSON file`. */
  readonly described: string;
  /** Values that the environment may hold, by name. */
  readonly env: Readonly<Record<string, readonly string[]>>;
  /** Variables that may name a JSON file of the values; the first one set wins. */
  readonly fileEnv: readonly string[];
  /** Such variables may be there for something else: without a configuration they count only beside one of these. */
  readonly optInEnv?: readonly string[];
  /** The names that exist; absent = a vendor's file, which holds more than is read. */
  readonly names?: readonly string[];
  /** The provider's address for such credentials, where a key has another. */
  readonly baseUrl?: string;
  /** Values that this address needs → environment variables, beside those of the provider. */
  readonly settings?: Readonly<Record<string, readonly string[]>>;
  /** What a setting is where nobody says it: the first of these values that the credentials hold, or the text. */
  readonly settingDefaults?: Readonly<
    Record<string, { readonly from: readonly string[]; readonly otherwise?: string }>
  >;
  /** Settings that are needed at any address, the operator's included: a signature names them. */
  readonly signedSettings?: readonly string[];
  /** What is wrong with the values, or null. Never repeats one. */
  problemWith(values: CredentialValues): string | null;
}
