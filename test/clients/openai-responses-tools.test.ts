/**
 * The `openai` package's Responses API, unmodified: tools that only this grammar has, against hosts of the others. A host of the
 * same grammar is sent them as they are.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import OpenAI from 'openai';
import type { CustomTool, NamespaceTool, ResponseInput, ResponseInputItem } from 'openai/resources/responses/responses';
import { z } from 'zod';
import { WEATHER_SCHEMA } from '../kit/samples.ts';
import { everyUpstream, startGatewayTo, upstreams } from '../kit/sim-lab.ts';
import type { Gateway } from '../kit/start-gateway.ts';

const others = upstreams.filter(({ dialect }) => dialect !== 'openai-responses');
const say = (content: string): ResponseInputItem => ({ role: 'user', content });
const asInput = z.array(z.custom<ResponseInputItem>((item) => typeof item === 'object'));

const patch: CustomTool = {
  type: 'custom',
  name: 'apply_patch',
  description: 'Edits files',
  format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
};
const meteo: NamespaceTool = {
  type: 'namespace',
  name: 'meteo',
  description: 'The weather service',
  tools: [{ type: 'function', name: 'get_weather', description: 'Weather of a city', parameters: WEATHER_SCHEMA }],
};

describe.each(others.map((upstream) => [upstream.dialect, upstream] as const))(
  'openai responses: own tools, upstream %s',
  (_, upstream) => {
    let gateway: Gateway | undefined;
    beforeAll(async () => {
      gateway = await startGatewayTo(upstream);
    });
    afterAll(() => gateway?.stop());
    const open = (): OpenAI =>
      new OpenAI({ baseURL: `${gateway?.url}/v1`, apiKey: gateway?.apiKey ?? '', maxRetries: 0 });

    test('a custom tool is called with free text, whole and streamed, and takes its result', async () => {
      const client = open();
      const request = { model: 'sim/tools', tools: [patch] };
      const input: ResponseInput = [say('Fix it.')];
      const { data: whole, response } = await client.responses.create({ ...request, input }).withResponse();
      const first = await client.responses.stream({ ...request, input }).finalResponse();
      const [call] = first.output.filter((item) => item.type === 'custom_tool_call');
      expect(call).toMatchObject({ name: 'apply_patch' });
      expect(call?.input).toMatch(/^[^{]/);
      expect(whole.output).toMatchObject([{ type: 'custom_tool_call', input: call?.input }]);
      // The caller is told that it was offered as a function.
      expect(response.headers.get('x-signalbox-notes')).toBe('1');
      const result: ResponseInputItem = {
        type: 'custom_tool_call_output',
        call_id: call?.call_id ?? '',
        output: 'done',
      };
      const again = [...input, ...asInput.parse(first.output), result];
      expect((await client.responses.create({ ...request, input: again })).output_text).toBe(
        'apply_patch answered: done',
      );
    });

    test('a tool in a namespace is called under both its names', async () => {
      const client = open();
      const request = { model: 'sim/tools', tools: [meteo] };
      const input: ResponseInput = [say('Weather in Paris?')];
      const first = await client.responses.stream({ ...request, input }).finalResponse();
      const [call] = first.output.filter((item) => item.type === 'function_call');
      expect(call).toMatchObject({ name: 'get_weather', namespace: 'meteo' });
      const result: ResponseInputItem = { type: 'function_call_output', call_id: call?.call_id ?? '', output: 'sunny' };
      const again = [...input, ...asInput.parse(first.output), result];
      const second = await client.responses.create({ ...request, input: again });
      expect(second.output_text).toBe('meteo__get_weather answered: sunny');
    });
  },
);

test('openai responses: a host of the same grammar is sent a custom tool as it is', async () => {
  const relay = everyUpstream.filter(({ dialect }) => dialect === 'openai-responses')[0];
  if (!relay) throw new Error('no such upstream');
  const gateway = await startGatewayTo(relay);
  try {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.apiKey, maxRetries: 0 });
    const request = { model: 'sim/tools', tools: [patch] };
    const input: ResponseInput = [say('Fix it.')];
    const { data: whole, response } = await client.responses.create({ ...request, input }).withResponse();
    expect(response.headers.get('x-signalbox-notes')).toBeNull();
    const among = await client.responses.create({
      ...request,
      input,
      tools: [{ ...patch, name: 'other' }, patch],
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'custom', name: patch.name }] },
    });
    expect(among.output).toMatchObject([{ name: patch.name }]);
    const { output } = await client.responses.stream({ ...request, input }).finalResponse();
    const [call] = output.filter((item) => item.type === 'custom_tool_call');
    expect(whole.output).toMatchObject([{ type: 'custom_tool_call', name: 'apply_patch', input: call?.input }]);
    const result: ResponseInputItem = { type: 'custom_tool_call_output', call_id: call?.call_id ?? '', output: 'done' };
    const again = [...input, ...asInput.parse(output), result];
    expect((await client.responses.create({ ...request, input: again })).output_text).toBe(
      'apply_patch answered: done',
    );
  } finally {
    await gateway.stop();
  }
});
