/** `/v1beta/models/{model}:generateContent` and its kin: HTTP on one side, an exchange on the other. */
import { toGatewayError } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { geminiBatchEmbedContents, geminiEmbedContent } from '../../dialects/embeddings/gemini-client.ts';
import {
  type CallAddress,
  callAddress,
  framingOf,
  isModelList,
  isOwnClient,
  keyInAddress,
  modelAddress,
  modelNamed,
} from '../../dialects/gemini/client/address.ts';
import { parseCountRequest } from '../../dialects/gemini/client/parse.ts';
import { gemini } from '../../dialects/gemini/index.ts';
import type { WholeClient } from '../../dialects/whole.ts';
import { runChat } from '../../pipeline/run-chat.ts';
import { runWhole } from '../../pipeline/run-whole.ts';
import { assertKeyKind, authenticate } from '../authenticate.ts';
import { errorResponse } from '../error-response.ts';
import { jsonResponse } from '../json-response.ts';
import { readJsonBody } from '../read-body.ts';
import { ROOT, type Route } from '../route.ts';
import { readerOf } from './catalogue-reader.ts';
import { findModel, listModels, modelOf } from './gemini-models.ts';
import { answerInference, type InferencePorts } from './inference.ts';
import type { OwnCatalogue } from './own-catalogue.ts';

const { client } = gemini;

export function geminiRoutes(ports: InferencePorts): readonly Route[] {
  const generate = (stream: boolean) => (request: Request, address: CallAddress) =>
    postGenerate(request, ports, address, stream);
  const embed = (face: WholeClient<'embeddings'>) => (request: Request, address: CallAddress) =>
    postEmbed(request, ports, address, face);
  return [
    call('generateContent', ports, generate(false)),
    call('streamGenerateContent', ports, generate(true)),
    call('embedContent', ports, embed(geminiEmbedContent)),
    call('batchEmbedContents', ports, embed(geminiBatchEmbedContents)),
    call('countTokens', ports, (request, address) => countTokens(request, ports, address)),
    {
      method: 'GET',
      path: `${ROOT}/v1beta/models`,
      match: (path) => (isModelList(path) ? {} : null),
      handle: (request) => getCatalogue(request, ports, listModels),
    },
    {
      method: 'GET',
      path: `${ROOT}/v1beta/models/{model}`,
      match: modelAddress,
      handle: (request, { model = '', publisher = '' }) =>
        getCatalogue(request, ports, (snapshot) => findModel(snapshot, modelNamed({ model, publisher }))),
    },
  ];
}

/** The catalogue as this grammar's own clients read it: their current version calls `/v1/models`, which is another grammar's list too. */
export function geminiCatalogue(ports: InferencePorts): OwnCatalogue {
  return {
    isOwnClient,
    answer: (request, name) =>
      getCatalogue(request, ports, (snapshot, query) =>
        name === undefined ? listModels(snapshot, query) : findModel(snapshot, name),
      ),
  };
}

type Action = Parameters<typeof callAddress>[1];

function call(
  action: Action,
  ports: InferencePorts,
  answer: (request: Request, address: CallAddress) => Promise<Response>,
): Route {
  return {
    method: 'POST',
    path: `${ROOT}/v1beta/models/{model}:${action}`,
    match: (path) => callAddress(path, action),
    handle: (request, { model = '', publisher = '' }) =>
      guarded(request, ports, () => answer(request, { model, publisher })),
  };
}

function postGenerate(
  request: Request,
  ports: InferencePorts,
  address: CallAddress,
  stream: boolean,
): Promise<Response> {
  const model = modelNamed(address);
  const alt = framingOf(new URL(request.url).searchParams);
  return answerInference(request, ports, {
    kind: 'chat',
    takesPresets: false,
    parse: (body) => client.parseRequest(withAddress(body, { model, stream, alt })),
    demandOf: client.demandOf,
    run: (base, wire, pipeline) => runChat({ ...base, kind: 'chat', dialect: gemini, wire, betas: [] }, pipeline),
    encodeError: client.encodeError,
    cached: { endpoint: 'models:generateContent', replay: client.replay, variesBy: [alt] },
    // A stream that is one JSON array is no stream of events.
    headers: () => (stream && alt === 'json' ? JSON_ARRAY : NO_HEADERS),
  });
}

function postEmbed(
  request: Request,
  ports: InferencePorts,
  address: CallAddress,
  face: WholeClient<'embeddings'>,
): Promise<Response> {
  const model = modelNamed(address);
  return answerInference(request, ports, {
    kind: 'embeddings',
    takesPresets: false,
    parse: (body) => face.parseRequest(withAddress(body, { model })),
    demandOf: ({ demand }) => demand,
    run: (base, asked, pipeline) => runWhole({ ...base, kind: 'embeddings', client: face, request: asked }, pipeline),
    encodeError: client.encodeError,
    cached: { endpoint: 'models:embedContent', replay: face.replay, variesBy: [] },
  });
}

const NO_HEADERS: Readonly<Record<string, string>> = {};
const JSON_ARRAY: Readonly<Record<string, string>> = { 'content-type': 'application/json' };

/** The address decides: what a body says of these is its older clients' repetition of it. */
function withAddress(body: Json, said: JsonObject): Json {
  return isJsonObject(body) ? { ...body, ...said } : body;
}

/** An estimate, as routing makes it: no host is asked, and nothing is charged. */
async function countTokens(request: Request, ports: InferencePorts, address: CallAddress): Promise<Response> {
  assertKeyKind(authenticate(request.headers, ports.auth), 'inference');
  const { clock, deadlines } = ports.pipeline;
  const snapshot = ports.snapshot();
  const limits = { maxBodyBytes: snapshot.maxBodyBytes, deadlines, nowMs: () => clock.now() };
  const wire = parseCountRequest((await readJsonBody(request, limits)).value);
  modelOf(snapshot, modelNamed(address));
  const { promptTokensEstimate: totalTokens, inputModalities } = client.demandOf(wire);
  return jsonResponse(200, {
    totalTokens,
    ...(inputModalities.length === 0 && { promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] }),
  });
}

type Read = (snapshot: ReturnType<InferencePorts['snapshot']>, query: URLSearchParams) => JsonObject;

function getCatalogue(request: Request, ports: InferencePorts, read: Read): Promise<Response> {
  return guarded(request, ports, async () => {
    const snapshot = ports.snapshot();
    readerOf(request.headers, ports.auth, snapshot.publicCatalogue);
    return jsonResponse(200, read(snapshot, new URL(request.url).searchParams));
  });
}

/** Refuses a key in the address before anything else; every trouble is an answer in this grammar. */
async function guarded(
  request: Request,
  { pipeline }: InferencePorts,
  answer: () => Promise<Response>,
): Promise<Response> {
  try {
    const refusal = keyInAddress(new URL(request.url).searchParams);
    if (refusal) throw refusal;
    return await answer();
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (error.code === 'gateway.internal') pipeline.log.error('a models request failed inside', thrown);
    return errorResponse(error, client.encodeError);
  }
}
