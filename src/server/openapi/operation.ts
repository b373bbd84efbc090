/** How one route is described, beside where it is mounted. */
import type { z } from 'zod';

export const TAGS = {
  Inference: 'Ask a model. Every route takes any model; the grammar is the client’s own.',
  Catalogue: 'Models, endpoints, providers and prices.',
  Generations: 'What an exchange used, cost and how it was routed.',
  Keys: 'Inference keys and their limits. Most need a management key.',
  Presets: 'Settings of a request under a name.',
  Gemini: 'The same models to clients of the Gemini grammar.',
  Operation: 'For those who run the gateway.',
} as const;

export type Tag = keyof typeof TAGS;

export interface Operation {
  readonly tag: Tag;
  /** One line. */
  readonly summary: string;
  /** More than the summary says, where there is more. */
  readonly description?: string;
  /** Of the JSON body. */
  readonly body?: z.ZodType;
  /** Name → what it does. */
  readonly query?: Readonly<Record<string, string>>;
  /** Name → what it does; those of every inference route aside. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Content types of a good answer; JSON where absent. */
  readonly answers?: readonly string[];
  /** Status of a good answer; 200 where absent. */
  readonly status?: number;
  /** What the answer is, in a few words. */
  readonly returns: string;
  /** Whose form errors have. Default OpenRouter's. */
  readonly errors?: 'openrouter' | 'anthropic' | 'google';
  /** False where no key is asked for. */
  readonly key?: 'inference' | 'management' | 'any' | 'none' | 'public';
}
