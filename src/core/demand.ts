/** What an exchange asks of an endpoint: the little that routing and admission need, read from the wire value once. */

export interface Demand {
  /** Requested ids in the caller's order: `model` first, then `models`. Never empty. */
  readonly models: readonly string[];
  readonly preferences: ProviderPreferences;
  readonly stream: boolean;
  /** Names of the `supported_parameters` vocabulary that the request uses, e.g. `temperature`, `tools`. */
  readonly parameters: readonly string[];
  /** Modalities of the content sent, `text` aside: `image`, `file`, `audio`, `video`. */
  readonly inputModalities: readonly InputModality[];
  /** Modalities asked for. */
  readonly outputModalities: readonly string[];
  readonly maxOutputTokens: number | null;
  /** Rough: characters / 4. For routing prices, never for bills. */
  readonly promptTokensEstimate: number;
  readonly sessionId: string | null;
  readonly user: string | null;
  readonly hasTools: boolean;
}

export type InputModality = 'image' | 'file' | 'audio' | 'video';

/** OpenRouter's `provider` object (OpenRouter's API), parsed. Absent fields are undefined. */
export interface ProviderPreferences {
  readonly order?: readonly string[];
  readonly only?: readonly string[];
  readonly ignore?: readonly string[];
  readonly allowFallbacks: boolean;
  readonly requireParameters: boolean;
  readonly dataCollection: 'allow' | 'deny';
  readonly zdr: boolean;
  readonly quantizations?: readonly string[];
  readonly sort?: 'price' | 'throughput' | 'latency' | 'exacto';
  /** Picodollars per unit. */
  readonly maxPrice: {
    readonly prompt?: bigint;
    readonly completion?: bigint;
    readonly request?: bigint;
    readonly image?: bigint;
    readonly audio?: bigint;
  };
}

export const NO_PREFERENCES: ProviderPreferences = {
  allowFallbacks: true,
  requireParameters: false,
  dataCollection: 'allow',
  zdr: false,
  maxPrice: {},
};
