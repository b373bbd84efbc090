/** core → wire for a whole reply. */
import { blocksOf } from '../../../core/blocks.ts';
import type { ChatResponse, Choice } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { ReplyHead, SettledUsage } from '../../dialect.ts';
import { encodeUsage } from '../shared/response-usage.ts';
import type { WireResponsesRequest } from '../wire-types.ts';
import { Output } from './output.ts';
import { outputOptions } from './output-options.ts';
import { endOf, responseBase } from './response-object.ts';

/** core → wire. */
export function encodeResponse(
  response: ChatResponse,
  head: ReplyHead,
  settled: SettledUsage,
  wire: WireResponsesRequest,
): JsonObject {
  const output = new Output(outputOptions(wire, head, null));
  const [first] = response.choices;
  for (const choice of response.choices) addChoice(output, choice);
  output.end(first?.finishReason ?? null);
  return {
    ...responseBase(wire, head),
    ...endOf(first?.finishReason ?? null, first?.nativeFinishReason ?? null),
    ...(response.serviceTier && { service_tier: response.serviceTier }),
    output: output.items('completed'),
    usage: encodeUsage(settled),
    ...(settled.routerMetadata && { openrouter_metadata: settled.routerMetadata }),
  };
}

/** Sound has no place here: the grammar's requests cannot ask for it. */
function addChoice(output: Output, choice: Choice): void {
  const { index } = choice;
  // All log probabilities stand with the first text: the core does not say which are whose.
  let { logprobs } = choice;
  let calls = 0;
  for (const block of blocksOf(choice)) {
    switch (block.type) {
      case 'reasoning':
        output.reasoning('', block.details, true);
        break;
      case 'text':
        output.text(block.text, logprobs);
        logprobs = undefined;
        break;
      case 'tool-call': {
        const key = `${index}:${calls++}`;
        output.startCall(key, block.call.id, block.call.name, block.call.custom === true);
        output.writeCall(key, block.call.arguments);
      }
    }
  }
  output.refusal(choice.refusal ?? '');
  for (const url of choice.images) output.image(url);
  output.annotate(choice.annotations);
}
