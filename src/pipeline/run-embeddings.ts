/** The life of an embeddings exchange: the shared run, with a lane that relays the body by value. */
import type { Opening } from '../core/demand.ts';
import { toGatewayError } from '../core/errors.ts';
import type { ReplyHead } from '../dialects/dialect.ts';
import { decodeEmbeddings, encodeEmbeddingsRequest } from '../dialects/embeddings/embeddings.ts';
import { admitExchange } from './admit.ts';
import type { LaneFor } from './attempts.ts';
import type { EmbeddingsExchange, PipelinePorts, Reply } from './exchange.ts';
import type { Lane } from './lane.ts';
import type { Route } from './route.ts';
import { ExchangeRun } from './run-exchange.ts';
import type { LiveEndpoint } from './target.ts';

/** Runs the exchange. Never rejects: every trouble is a reply. */
export async function runEmbeddings(exchange: EmbeddingsExchange, ports: PipelinePorts): Promise<Reply> {
  let route: Route;
  try {
    route = admitExchange({ ...exchange, opening: () => NO_OPENING }, null, ports);
  } catch (error) {
    return { kind: 'error', error: toGatewayError(error) };
  }
  return new ExchangeRun(
    { ...exchange, pluginUsage: {}, tools: () => [] },
    ports,
    route,
    embeddingsLanes(exchange, ports),
  ).wholeReply();
}

/** Inputs to embed are no conversation. */
const NO_OPENING: Opening = { system: '', first: '', last: '', lastModel: '' };

function embeddingsLanes(exchange: EmbeddingsExchange, { endUserToken }: PipelinePorts): LaneFor {
  const { caller, demand } = exchange;
  const endUser = demand.user === null ? null : endUserToken(caller.key.hash, demand.user);
  return (target) => ({ lane: embeddingsLane(exchange, endUser, target), notes: [] });
}

function embeddingsLane(exchange: EmbeddingsExchange, endUser: string | null, target: LiveEndpoint): Lane {
  const { context } = target;
  const head: ReplyHead = {
    id: exchange.id,
    createdSeconds: Math.floor(exchange.receivedAtMs / 1000),
    model: target.model.id,
    providerName: target.provider.name,
    excludeReasoning: false,
  };
  return {
    kind: 'relay',
    stages: [],
    encodeRequest: () => encodeEmbeddingsRequest(exchange.body, endUser, context),
    decodeWhole(body) {
      const { usage, upstreamId, encode } = decodeEmbeddings(body, head, context);
      return {
        told: {
          usage,
          upstreamId,
          deliveredCharacters: 0,
          finishReason: null,
          nativeFinishReason: null,
          serviceTier: null,
          toolCalls: [],
        },
        encode,
      };
    },
    streams: null,
  };
}
