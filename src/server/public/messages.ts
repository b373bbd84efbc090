/** POST /messages: HTTP on one side, an exchange on the other. */
import type { Demand } from '../../core/demand.ts';
import { GatewayError } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json.ts';
import { betasOf, sessionOf, versionNotes } from '../../dialects/anthropic-messages/client/headers.ts';
import { anthropicMessages } from '../../dialects/anthropic-messages/index.ts';
import type { Reply } from '../../pipeline/exchange.ts';
import { runChat } from '../../pipeline/run-chat.ts';
import { asSystem, intoMessages } from '../../presets/into-messages.ts';
import { answerInference, type InferencePorts } from './inference.ts';

const { client } = anthropicMessages;

export function postMessages(request: Request, ports: InferencePorts): Promise<Response> {
  const { headers } = request;
  const betas = betasOf(headers);
  return answerInference(request, ports, {
    kind: 'chat',
    takesPresets: true,
    placeSystemPrompt: asSystem,
    // A preset's fields are chat's.
    parse: (body) => client.parseRequest(isJsonObject(body) ? intoMessages(body) : body),
    demandOf: (wire) => inSession(client.demandOf(wire), headers),
    async run(base, wire, pipeline) {
      const notes = [...base.notes, ...versionNotes(headers)];
      const exchange = { ...base, notes, kind: 'chat', dialect: anthropicMessages, wire, betas } as const;
      return inThisGrammar(await runChat(exchange, pipeline));
    },
    encodeError: client.encodeError,
    cached: { endpoint: 'messages', replay: client.replay, variesBy: betas },
    headers: requestIdHeader,
  });
}

/** Clients of this grammar show it to whoever asks for help. */
export function requestIdHeader(id: string): Readonly<Record<string, string>> {
  return { 'request-id': id };
}

/** A session that the caller or the gateway's own header names comes first. */
function inSession(demand: Demand, headers: Headers): Demand {
  if (demand.sessionId !== null || headers.has('x-session-id')) return demand;
  return { ...demand, sessionId: sessionOf(headers) };
}

/** The status that this grammar has for an overloaded provider (OpenRouter's API); clients come back later. */
const OVERLOADED = 529;

function inThisGrammar(reply: Reply): Reply {
  if (reply.kind !== 'error' || reply.error.spec.type !== 'provider_overloaded') return reply;
  const { code, message, details } = reply.error;
  return { ...reply, error: new GatewayError(code, message, { ...details, status: OVERLOADED }) };
}
