/** POST /messages/count_tokens: an estimate of ours; no host is asked, nothing is charged. */
import { toGatewayError } from '../../core/errors.ts';
import { generationId } from '../../core/ids.ts';
import { measure } from '../../dialects/anthropic-messages/client/measure.ts';
import { anthropicMessages } from '../../dialects/anthropic-messages/index.ts';
import { assertKeyKind, authenticate } from '../authenticate.ts';
import { CORS_HEADERS, errorResponse } from '../error-response.ts';
import { readJsonBody } from '../read-body.ts';
import type { InferencePorts } from './inference.ts';
import { requestIdHeader } from './messages.ts';

const { client } = anthropicMessages;

/** Never throws: every trouble is an answer in the grammar's own form. */
export async function countTokens(request: Request, ports: InferencePorts): Promise<Response> {
  const { clock, random, deadlines, log } = ports.pipeline;
  const id = generationId(clock, random);
  const headers = requestIdHeader(id);
  try {
    assertKeyKind(authenticate(request.headers, ports.auth), 'inference');
    const { maxBodyBytes } = ports.snapshot();
    const { value } = await readJsonBody(request, { maxBodyBytes, deadlines, nowMs: () => clock.now() });
    const { tokens } = measure(client.parseRequest(value));
    return Response.json({ input_tokens: tokens }, { headers: { ...CORS_HEADERS, ...headers } });
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (error.code === 'gateway.internal') log.error('a count of tokens failed inside', thrown);
    return errorResponse(error, (each) => client.encodeError(each, undefined, id), headers);
  }
}
