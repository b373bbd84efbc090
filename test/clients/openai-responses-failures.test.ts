/** The `openai` package's Responses API, unmodified: every failure reaches the caller as the error it is, and who leaves is left. */
import { describe, expect, test } from 'bun:test';
import OpenAI, {
  APIError,
  APIUserAbortError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { failureOf as raised } from '../kit/failure-of.ts';
import { describePairs } from '../kit/pair-matrix.ts';
import { startGatewayTo, upstreams } from '../kit/sim-lab.ts';
import { startSimUpstream } from '../kit/sim-upstream.ts';
import type { Gateway } from '../kit/start-gateway.ts';
import { errorBody } from '../kit/wire-extras.ts';

const openClient = ({ url, apiKey }: Gateway): OpenAI =>
  new OpenAI({ baseURL: `${url}/api/v1`, apiKey, maxRetries: 0 });

const failureOf = (call: PromiseLike<unknown>): Promise<APIError> => raised(call, APIError);

describePairs('openai responses: failures', openClient, (pair) => {
  pair('400: unknown model, with a near one', async ({ client }) => {
    const failure = await failureOf(client.responses.create({ model: 'sim/ecco', input: 'hi' }));
    expect(failure).toBeInstanceOf(BadRequestError);
    expect(failure.message).toContain('sim/ecco is not a valid model ID');
    expect(failure).toMatchObject({ param: 'model', type: 'invalid_request_error' });
  });

  pair('400: what would need stored responses', async ({ client }) => {
    const request = { model: 'sim/echo', input: 'hi' };
    for (const more of [
      { store: true },
      { previous_response_id: 'resp_1' },
      { background: true },
      { conversation: 'conv_1' },
    ]) {
      const failure = await failureOf(client.responses.create({ ...request, ...more }));
      expect(failure).toBeInstanceOf(BadRequestError);
      expect([failure.param]).toEqual(Object.keys(more));
    }
  });

  pair('404: a model that no configured provider serves', async ({ client }) => {
    const failure = await failureOf(client.responses.create({ model: 'openai/gpt-4o-mini', input: 'hi' }));
    expect(failure).toBeInstanceOf(NotFoundError);
    expect(failure.error).toMatchObject({ availability: { code: 'no_endpoints' } });
  });

  pair('404: responses that nobody stored', async ({ client }) => {
    expect(await failureOf(client.responses.retrieve('resp_1'))).toBeInstanceOf(NotFoundError);
  });

  pair('429 with Retry-After, whole and streamed', async ({ client }) => {
    for (const stream of [false, true]) {
      const model = `sim/echo?status=429&retry_after=2&key=${stream}&times=100`;
      const failure = await failureOf(client.responses.create({ model, input: 'hi', stream }));
      expect(failure).toBeInstanceOf(RateLimitError);
      expect(failure.headers?.get('retry-after')).toBe('2');
      expect(errorBody.parse(failure.error)).toMatchObject({
        code: 429,
        metadata: { error_type: 'rate_limit_exceeded' },
      });
    }
  });

  pair('provider failures are 5xx and name the provider', async ({ client }) => {
    // The provider refused our credential, not the caller's.
    for (const [status, answered] of Object.entries({ 401: 502, 500: 502, 529: 503 })) {
      const failure = await failureOf(client.responses.create({ model: `sim/echo?status=${status}`, input: 'hi' }));
      expect(failure).toBeInstanceOf(InternalServerError);
      expect([status, failure.status]).toEqual([status, answered]);
      expect(errorBody.parse(failure.error).metadata?.provider_name).toBe('Sim');
    }
  });

  pair('an error after the content is raised from the stream and from the helper', async ({ client }) => {
    for (const fault of ['error_after=2', 'garbage=4', 'drop=4500', 'reset=4500']) {
      const request = { model: `sim/echo?token_ms=1&${fault}`, input: 'one two three '.repeat(40) };
      const stream = await client.responses.create({ ...request, stream: true });
      let text = '';
      const failure = await failureOf(
        (async () => {
          for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
        })(),
      );
      expect([fault, failure.message]).toEqual([fault, expect.stringMatching(/\S/)]);
      expect([fault, text]).toEqual([fault, expect.stringMatching(/^one/)]);
      expect([fault, failure.code]).toEqual([fault, 'server_error']);
      expect((await failureOf(client.responses.stream(request).finalResponse())).code).toBe('server_error');
    }
  });
});

describe('openai responses: abort', () => {
  test.each(upstreams.map((upstream) => [upstream.dialect, upstream] as const))(
    'upstream %s: its socket closes',
    async (_, upstream) => {
      const host = await startSimUpstream();
      const gateway = await startGatewayTo(upstream, host.url);
      const client = openClient(gateway);
      const controller = new AbortController();
      const request = { model: 'sim/lorem?frames=2000&token_ms=10', input: '2000 tokens' };
      const stream = client.responses.stream(request, { signal: controller.signal });
      let pieces = 0;
      stream.on('response.output_text.delta', () => {
        if (++pieces === 5) controller.abort();
      });
      await raised(stream.finalResponse(), APIUserAbortError);
      expect(await host.waitFor((line) => line.event === 'end', 1000)).toMatchObject({ outcome: 'client-gone' });
      while (!gateway.log().includes('"status":499')) await Bun.sleep(10);
      await gateway.stop();
      await host.stop();
    },
  );
});
