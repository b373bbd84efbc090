/** core → a body of `/api/chat` (https://docs.ollama.com/api/chat). */
import type { ChatRequest } from '../../core/chat.ts';
import type { JsonObject, MutableJsonObject } from '../../core/json.ts';
import type { Translated } from '../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../dialect.ts';
import { type Notebook, openNotebook } from '../shared/notebook.ts';
import { withQuirks } from '../shared/upstream/body-quirks.ts';
import { noteUnsaid } from '../shared/upstream/unsaid.ts';
import { encodeMessages } from './request/messages.ts';
import { encodeOptions } from './request/options.ts';
import { encodeThink } from './request/think.ts';
import { encodeFormat, encodeTools } from './request/tools.ts';

/** The grammar's own top-level fields, which a caller who knows them may send under their names. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['keep_alive', 'truncate', 'shift', 'think', 'format']);

/** @throws GatewayError `client.invalid_request` naming the part, where content cannot be said (see `unsayable`) */
export function encodeRequest(request: ChatRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const notes = openNotebook();
  const { options, taken } = encodeOptions(request, context, notes);
  const { logprobs, topLogprobs } = request.sampling;
  const body = {
    model: context.upstreamModel,
    messages: encodeMessages(request, context, notes),
    ...encodeTools(request, notes),
    ...encodeFormat(request, notes),
    ...encodeThink(request, context, notes),
    ...(Object.keys(options).length > 0 && { options }),
    ...(logprobs && { logprobs }),
    ...(topLogprobs !== undefined && { top_logprobs: topLogprobs }),
    ...ownFields(request, taken, notes),
    // Said both ways: an answer is streamed where nothing is.
    stream: request.stream,
  };
  noteUnsaid(request, notes);
  return { value: { path: '/api/chat', headers: {}, body: withQuirks(body, context.host, notes) }, notes: notes.notes };
}

function ownFields({ options, extras }: ChatRequest, taken: ReadonlySet<string>, notes: Notebook): JsonObject {
  const own: MutableJsonObject = {};
  for (const [field, value] of [...Object.entries(options), ...Object.entries(extras)]) {
    if (OWN_FIELDS.has(field)) own[field] = value;
    else if (!taken.has(field)) notes.add('parameter.dropped', field, 'The endpoint has no such parameter.');
  }
  return own;
}
