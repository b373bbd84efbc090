/** The host of a recording, as its door of this grammar describes it. */
import type { UpstreamContext } from '../src/dialects/dialect.ts';
import { contextOf } from './hosts.ts';
import type { Recording } from './recordings.ts';

export const responsesContextOf = (recording: Recording): UpstreamContext => contextOf(recording, 'openai-responses');
