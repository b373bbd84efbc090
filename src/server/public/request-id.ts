/** The id of an exchange where OpenAI's clients look for it: their `_request_id`, which users send to whoever helps them. */
export function requestIdHeader(id: string): Readonly<Record<string, string>> {
  return { 'x-request-id': id };
}
