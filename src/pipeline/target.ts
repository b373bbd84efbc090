/** What an attempt is made at: an endpoint with everything needed to reach it. Fixed in the snapshot. */
import type { Endpoint, Model } from '../catalog/model.ts';
import type { TimeoutSettings } from '../config/settings.ts';
import type { UpstreamContext, UpstreamDialect } from '../dialects/dialect.ts';
import type { HostProfile } from '../dialects/host.ts';
import type { Candidate, RoutingProvider } from '../routing/rule.ts';

export interface LiveProvider {
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly dialect: UpstreamDialect;
  /** Credentials and the operator's headers, built once. Never logged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly host: HostProfile;
  readonly timeouts: TimeoutSettings;
  /** Whole replies are drained unless the operator set `cancel` himself. */
  readonly onDisconnect: { readonly stream: 'cancel' | 'drain'; readonly whole: 'cancel' | 'drain' };
  readonly takesAnyModel: boolean;
  /** A query after a model's name goes upstream with it: the simulated provider's faults. */
  readonly takesModelQuery: boolean;
  readonly routing: RoutingProvider;
}

export interface LiveEndpoint {
  readonly endpoint: Endpoint;
  readonly model: Model;
  readonly provider: LiveProvider;
  readonly context: UpstreamContext;
}

/** A candidate that can be tried: routing sees the candidate, the attempt sees the rest. */
export interface TargetCandidate extends Candidate {
  readonly live: LiveEndpoint;
}
