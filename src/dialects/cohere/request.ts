/** core → a chat body of version 2 (https://docs.cohere.com/reference/chat). */
import type { ChatRequest } from '../../core/chat.ts';
import type { JsonObject, MutableJsonObject } from '../../core/json.ts';
import type { Translated } from '../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../dialect.ts';
import { type Notebook, openNotebook } from '../shared/notebook.ts';
import { withQuirks } from '../shared/upstream/body-quirks.ts';
import { noteUnsaid } from '../shared/upstream/unsaid.ts';
import { encodeMessages } from './request/messages.ts';
import { encodeSampling } from './request/sampling.ts';
import { encodeThinking } from './request/thinking.ts';
import { encodeFormat, encodeTools } from './request/tools.ts';

/** The grammar's own fields, which a caller who knows them may send under their names. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'documents',
  'citation_options',
  'safety_mode',
  'priority',
  'strict_tools',
  'thinking',
]);

/** @throws GatewayError `client.invalid_request` naming the part, where content cannot be said (see `unsayable`) */
export function encodeRequest(request: ChatRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const notes = openNotebook();
  const body = {
    model: context.upstreamModel,
    messages: encodeMessages(request, context, notes),
    ...encodeTools(request, context, notes),
    ...encodeFormat(request, context, notes),
    ...encodeSampling(request, context, notes),
    ...encodeThinking(request, context, notes),
    ...ownFields(request, notes),
    ...(request.stream && { stream: true }),
  };
  noteUnsaid(request, notes);
  return { value: { path: '/chat', headers: {}, body: withQuirks(body, context.host, notes) }, notes: notes.notes };
}

function ownFields({ options, extras }: ChatRequest, notes: Notebook): JsonObject {
  const own: MutableJsonObject = {};
  for (const [field, value] of [...Object.entries(options), ...Object.entries(extras)]) {
    if (OWN_FIELDS.has(field)) own[field] = value;
    else notes.add('parameter.dropped', field, 'The endpoint has no such parameter.');
  }
  return own;
}
