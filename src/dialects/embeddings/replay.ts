/** Embeddings given again: see ReplayFace. */
import type { ReplayFace } from '../dialect.ts';
import { restampText } from '../shared/replay.ts';

export const replayEmbeddings: ReplayFace = { whole: restampText };
