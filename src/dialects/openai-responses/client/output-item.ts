/** What is common to the items of an answer. Without a log they are only collected: for a whole reply. */
import type { JsonObject } from '../../../core/json.ts';
import type { EventLog } from './event-log.ts';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

export interface OutputItem {
  /** As it stands. */
  json(status: ItemStatus): JsonObject;
  /** The events that end it, up to its own `output_item.done`. */
  end(): void;
}

/** Where an item writes, and how its events name it. */
export interface ItemPlace {
  readonly log: EventLog | null;
  readonly id: string;
  readonly index: number;
}

/** The members by which an item's events name it. */
export function named({ id, index }: ItemPlace): { readonly item_id: string; readonly output_index: number } {
  return { item_id: id, output_index: index };
}
