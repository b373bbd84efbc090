/** How a request wants its answer written. */
import type { ReplyHead } from '../../dialect.ts';
import { itemIdSuffix } from '../shared/response-ids.ts';
import type { WireResponsesRequest } from '../wire-types.ts';
import type { EventLog } from './event-log.ts';
import { wantsEncryptedReasoning } from './include.ts';
import type { OutputOptions } from './output.ts';
import { listTools, toolNamesOf } from './tool-names.ts';

/** @param log null for a whole reply */
export function outputOptions(wire: WireResponsesRequest, head: ReplyHead, log: EventLog | null): OutputOptions {
  const { reasoning, include } = wire;
  return {
    log,
    idSuffix: itemIdSuffix(head.id),
    names: toolNamesOf(listTools(wire)),
    reasoning: {
      seal: wantsEncryptedReasoning(wire) ? (include ? 'always' : 'signed') : 'never',
      asSummary: Boolean(reasoning?.summary ?? reasoning?.generate_summary),
    },
    excludeReasoning: head.excludeReasoning,
  };
}
