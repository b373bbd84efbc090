/** docs/errors.md from the table in src/core/errors.ts. A row without a meaning here does not compile. */
import { ERRORS, type ErrorCode, type ErrorSpec } from '../src/core/errors.ts';

const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  'client.invalid_request':
    'A field is missing, has the wrong type or is out of range; the message begins with its path.',
  'client.model_not_found': 'No model has this name; near matches are listed.',
  'client.too_large':
    'The body is larger than `max_body_bytes`, or holds more values than any request (250,000 lists and objects, 2,000,000 values).',
  'client.unsupported_media': 'The body is not sent as JSON.',
  'client.not_found': 'No such path, or no such record for this key.',
  'client.method_not_allowed': 'The path exists, but not for this method; `Allow` lists those it takes.',
  'client.conflict': 'The object is owned by the configuration file, or was changed meanwhile.',
  'client.request_timeout': 'The body did not arrive within 60 s.',
  'client.gone': 'The caller closed the connection before the answer was complete. Seen in logs and records only.',
  'auth.unauthenticated': 'No key, or one that is malformed, unknown, disabled or expired; the message says which.',
  'auth.forbidden': 'The key is of the wrong kind (management or inference) for this route.',
  'auth.payment_required': "The key's own limit is spent.",
  'auth.rate_limited': 'The key sends more than it may; `Retry-After` says when to come back.',
  'route.no_endpoints':
    'The model is known, but no configured provider serves it, or the request excludes all that do.',
  'route.wrong_endpoint':
    'The model is of another kind than the path: embeddings, rerank, moderation or chat. The message names its path.',
  'route.loop': 'The request came back to the gateway that sent it: a provider’s base_url leads here.',
  'route.model_retired': 'The provider has retired the model; a successor is named.',
  'provider.invalid_request': 'The provider refused the request as wrong.',
  'provider.context_length': "The prompt does not fit the model's context.",
  'provider.content_policy': 'The provider refused the content.',
  'provider.too_large': 'The provider refused the size of the request.',
  'provider.unprocessable': 'The provider understood the request and cannot carry it out.',
  'provider.not_found': 'The provider does not know the model or the address.',
  'provider.credential': "The provider refused the gateway's credential: the operator's to mend.",
  'provider.payment_required': "The gateway's account at the provider has no funds: the operator's to mend.",
  'provider.rate_limited': 'The provider limits the rate.',
  'provider.overloaded': 'The provider is overloaded.',
  'provider.failed': 'The provider failed inside.',
  'provider.bad_answer': 'The provider answered with something that is no answer.',
  'provider.truncated': 'The answer stopped before its end.',
  'provider.unreachable': 'No connection to the provider.',
  'provider.timeout': 'The provider was silent for longer than its time limits allow.',
  'gateway.unavailable': 'A part of the gateway (its store) is not available; try again.',
  'gateway.unsupported': 'The gateway does not do this.',
  'gateway.internal': 'A defect; the log names it under the id in `X-Generation-Id`.',
};

const GROUPS: Readonly<Record<string, string>> = {
  client: "The caller's request",
  auth: 'Identity and money',
  route: 'Routing',
  provider: 'What a provider answered or failed to',
  gateway: 'The gateway itself',
};

const INTRODUCTION = `# Errors

Written by \`npm run generate\` from \`src/core/errors.ts\`; do not edit.

Every failure is one row of one table. Callers see its status and, in the answer, its type and message:

\`\`\`json
{ "error": { "code": 404, "message": "No endpoints of … match this request.", "metadata": { "error_type": "not_found" } } }
\`\`\`

Once a stream has begun its status is fixed; the same error then comes as a last frame with \`finish_reason: "error"\`, and no
\`[DONE]\` follows. \`X-Generation-Id\` is set on errors too.

*Blame* is whose doing it is. *Tries elsewhere* tells whether the next endpoint of the plan is tried before the caller hears of
it; where several failed, the last one speaks and \`metadata.previous_errors\` lists the others. The codes below stand in logs
and in the records of exchanges.
`;

export function errorsPage(): string {
  const rows: readonly (readonly [code: string, spec: ErrorSpec, meaning: string])[] = codes().map((code) => [
    code,
    ERRORS[code],
    MEANINGS[code],
  ]);
  const sections = Object.entries(GROUPS).map(([group, title]) => {
    const own = rows.filter(([code]) => code.startsWith(`${group}.`));
    return [
      `## ${title}`,
      '',
      '| code | status | type | blame | tries elsewhere | meaning |',
      '|---|---|---|---|---|---|',
      ...own.map(
        ([code, { status, type, blame, retry }, meaning]) =>
          `| \`${code}\` | ${status} | \`${type}\` | ${blame} | ${retry === 'elsewhere' ? 'yes' : 'no'} | ${meaning} |`,
      ),
      '',
    ].join('\n');
  });
  const grouped = rows.filter(([code]) => (code.split('.', 1)[0] ?? '') in GROUPS).length;
  if (grouped !== rows.length) throw new Error('an error code belongs to no group of scripts/generate-errors-page.ts');
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}

function codes(): readonly ErrorCode[] {
  return Object.keys(ERRORS).filter((code): code is ErrorCode => code in ERRORS);
}
