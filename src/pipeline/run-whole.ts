/** The life of an exchange of one question and one whole answer: the shared run, with a lane of the kind's own grammars. */
import { servesKind } from '../catalog/kinds.ts';
import type { Opening } from '../core/demand.ts';
import { invalidRequest, toGatewayError } from '../core/errors.ts';
import type { WholeKind } from '../core/exchange-kind.ts';
import { objectAt } from '../core/json.ts';
import type { ReplyHead, UpstreamContext } from '../dialects/dialect.ts';
import { notForThisKind } from '../dialects/shared/client/whole-request.ts';
import { unhonouredFields } from '../dialects/shared/gateway/unhonoured.ts';
import type { QuestionOf } from '../dialects/whole.ts';
import { nobodyServes } from '../routing/no-endpoints.ts';
import { admitExchange } from './admit.ts';
import type { LaneFor } from './attempts.ts';
import type { PipelinePorts, Reply, WholeExchange } from './exchange.ts';
import { toldToGateway } from './gateway-upstream.ts';
import type { Lane } from './lane.ts';
import type { Route } from './route.ts';
import { unroutedMetadata } from './route-record.ts';
import { ExchangeRun } from './run-exchange.ts';
import type { Snapshot } from './snapshot.ts';
import type { LiveEndpoint } from './target.ts';
import type { WholeDoor } from './whole-doors.ts';

/** Runs the exchange. Never rejects: every trouble is a reply. */
export async function runWhole<Kind extends WholeKind>(
  asked: WholeExchange<Kind>,
  ports: PipelinePorts,
): Promise<Reply> {
  let exchange = asked;
  let route: Route;
  try {
    exchange = withUsualModel(asked);
    route = admitExchange({ ...exchange, opening: () => NO_OPENING }, null, ports);
  } catch (thrown) {
    const error = explained(toGatewayError(thrown), asked);
    if (!asked.asked.metadata) return { kind: 'error', error };
    return { kind: 'error', error, routerMetadata: unroutedMetadata(asked, error) };
  }
  return new ExchangeRun(
    { ...exchange, pluginUsage: {}, tools: () => [] },
    ports,
    route,
    wholeLanes(exchange, route, ports),
  ).wholeReply();
}

/** What is asked once is no conversation. */
const NO_OPENING: Opening = { system: '', first: '', last: '', lastModel: '' };

// ---- which model ----

/** A kind whose requests need not name a model gets the first that is served. @throws GatewayError where there is none */
function withUsualModel<Kind extends WholeKind>(exchange: WholeExchange<Kind>): WholeExchange<Kind> {
  const { demand, kind, snapshot } = exchange;
  if (demand.models.length > 0) return exchange;
  const usual = [...snapshot.models.keys()].find((id) => isServed(id, kind, snapshot));
  if (usual === undefined) throw nobodyServes(kind, []);
  return { ...exchange, demand: { ...demand, models: [usual] } };
}

/** Where nobody is asked this kind, that says more than that one model is not there. */
function explained<Kind extends WholeKind>(
  error: ReturnType<typeof toGatewayError>,
  { kind, snapshot, demand }: WholeExchange<Kind>,
) {
  const isAboutModel = error.code === 'client.model_not_found' || error.code === 'route.no_endpoints';
  if (!isAboutModel || mayBeServed(kind, snapshot)) return error;
  return nobodyServes(kind, demand.models);
}

function isServed(modelId: string, kind: WholeKind, snapshot: Snapshot): boolean {
  return snapshot
    .endpointsOf(modelId)
    .some(({ endpoint, provider }) => provider.whole[kind] && endpoint.outputModalities.includes(kind));
}

/** By a model that is said to, by one that nobody said anything of, or by a provider that takes any name. */
function mayBeServed(kind: WholeKind, snapshot: Snapshot): boolean {
  if (snapshot.providers.some(({ takesAnyModel, whole }) => takesAnyModel && whole[kind])) return true;
  for (const id of snapshot.models.keys()) {
    const endpoints = snapshot.endpointsOf(id);
    if (endpoints.some(({ endpoint, provider }) => provider.whole[kind] && servesKind(endpoint, kind))) return true;
  }
  return false;
}

// ---- lanes ----

function wholeLanes<Kind extends WholeKind>(
  exchange: WholeExchange<Kind>,
  { preferences }: Route,
  { endUserToken }: PipelinePorts,
): LaneFor {
  const { caller, demand, kind, request, asked } = exchange;
  // The end user's own id never leaves: providers get a stable token that only tells users apart (OpenRouter's API).
  const question: QuestionOf<Kind> =
    demand.user === null ? request.question : { ...request.question, user: endUserToken(caller.key.hash, demand.user) };
  const misplaced = notForThisKind(request.wire);
  return (target) => {
    const door: WholeDoor<Kind> | undefined = target.provider.whole[kind];
    if (!door) throw invalidRequest('model', `${target.provider.name} has no ${kind}`);
    const { host } = door.provider;
    const gateway = toldToGateway(host, objectAt(request.wire, 'provider'), preferences, asked);
    const context: UpstreamContext = { ...target.context, host, ...(gateway && { gateway }) };
    return {
      lane: wholeLane(exchange, question, door, target, context),
      notes: [...misplaced, ...unhonouredFields(request.wire, host)],
      through: { ...target, provider: door.provider, context },
    };
  };
}

function wholeLane<Kind extends WholeKind>(
  { client, demand, ...exchange }: WholeExchange<Kind>,
  question: QuestionOf<Kind>,
  { dialect }: WholeDoor<Kind>,
  target: LiveEndpoint,
  context: UpstreamContext,
): Lane {
  const head: ReplyHead = {
    id: exchange.id,
    createdSeconds: Math.floor(exchange.receivedAtMs / 1000),
    model: target.model.id,
    providerName: target.provider.name,
    excludeReasoning: false,
  };
  return {
    kind: 'translate',
    stages: [],
    encodeRequest() {
      const [cannot] = dialect.unsayable(question, context);
      if (cannot === undefined) return dialect.encodeRequest(question, context);
      throw invalidRequest(demand.contentField ?? 'input', `${target.provider.name} cannot be sent ${cannot}`);
    },
    decodeWhole(body) {
      const answer = dialect.decodeResponse(body, question, context);
      return {
        told: {
          usage: answer.usage,
          upstreamId: answer.upstreamId ?? null,
          deliveredCharacters: 0,
          finishReason: null,
          nativeFinishReason: null,
          serviceTier: null,
          toolCalls: [],
        },
        encode: (settled) => client.encodeResponse(answer, question, head, settled),
      };
    },
    streams: null,
  };
}
