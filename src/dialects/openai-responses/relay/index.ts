/** Client and host both speak this grammar. */
import type { RelayFace } from '../../dialect.ts';
import type { WireResponsesRequest } from '../wire-types.ts';
import { canRelay } from './can-relay.ts';
import { openRelay } from './relay.ts';
import { relayResponse } from './relay-response.ts';
import { retarget } from './retarget.ts';

export const responsesRelay: RelayFace<WireResponsesRequest> = { retarget, canRelay, relayResponse, openRelay };
