/** What an attempt is made at: an endpoint with everything needed to reach it. Fixed in the snapshot. */
import type { Endpoint, Model } from '../catalog/model.ts';
import type { TimeoutSettings } from '../config/settings.ts';
import type { Pricing } from '../core/pricing.ts';
import type { UpstreamContext, UpstreamDialect } from '../dialects/dialect.ts';
import type { HostProfile } from '../dialects/host.ts';
import type { Signer } from '../providers/signer.ts';
import type { RoutingProvider } from '../routing/candidate.ts';
import type { WholeDoors } from './whole-doors.ts';

export interface LiveProvider extends RoutingProvider {
  readonly baseUrl: string;
  readonly dialect: UpstreamDialect;
  /** False where it holds no conversations. */
  readonly chats: boolean;
  /** How it is asked what takes one question and has one whole answer. */
  readonly whole: WholeDoors;
  /** More grammars that it speaks, each as the provider called in it: a caller of that grammar is relayed there. */
  readonly doors: ReadonlyMap<string, LiveProvider>;
  /** At least one; where one is refused or limited, the next is tried. */
  readonly credentials: readonly [Credential, ...Credential[]];
  readonly host: HostProfile;
  readonly timeouts: TimeoutSettings;
  /** Whole replies are drained unless the operator set `cancel` himself. */
  readonly onDisconnect: { readonly stream: 'cancel' | 'drain'; readonly whole: 'cancel' | 'drain' };
  readonly takesAnyModel: boolean;
  /** A query after a model's name goes upstream with it: the simulated provider's faults. */
  readonly takesModelQuery: boolean;
  /** How long its prompt cache lives after its last use, in ms. */
  readonly cacheLifeMs: number;
}

/** One key of a provider, with the headers it is sent in. */
export interface Credential {
  /** Stable and secret-free: the provider's id, and which of its keys. */
  readonly id: string;
  /** Credentials and the operator's headers, built once. Never logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** For credentials that differ from request to request. */
  readonly sign?: Signer;
}

/** A candidate of routing that can be tried. */
export interface LiveEndpoint {
  readonly endpoint: Endpoint;
  readonly model: Model;
  readonly provider: LiveProvider;
  readonly context: UpstreamContext;
  /** Prices of the same model here by the tier that is reported to have served; the standard one is `default`. */
  readonly pricingByTier: ReadonlyMap<string, Pricing>;
}
