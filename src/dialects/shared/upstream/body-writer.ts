/** A request's body as this host and this model can take it, with a note for whatever they cannot. */
import type { Json, MutableJsonObject } from '../../../core/json.ts';
import type { Note } from '../../../core/note.ts';
import type { UpstreamContext } from '../../dialect.ts';

export class BodyWriter {
  readonly context: UpstreamContext;
  readonly body: MutableJsonObject;
  readonly notes: Note[] = [];

  constructor(context: UpstreamContext) {
    this.context = context;
    this.body = { ...context.host.quirks.defaults, model: context.upstreamModel };
  }

  /** Sets a field under the host's name for it; a field that the host refuses is noted instead. */
  set(field: string, value: Json | undefined): void {
    if (value === undefined) return;
    const { quirks, providerName } = this.context.host;
    if (quirks.rejects?.includes(field)) this.drop(field, `${providerName} does not take ${field}`);
    else this.body[quirks.renames?.[field] ?? field] = value;
  }

  drop(field: string, message: string): void {
    this.notes.push({ code: 'parameter.dropped', field, message });
  }

  change(field: string, message: string): void {
    this.notes.push({ code: 'parameter.changed', field, message });
  }

  /** `temperature`, `top_p` or `top_k`: some models take none, some hosts have a lower most. */
  setRandomness(field: string, value: number | undefined): void {
    if (value === undefined) return;
    const { traits, host } = this.context;
    const most = field === 'temperature' ? host.quirks.maxTemperature : undefined;
    if (traits.sampling === false) this.drop(field, `the model takes no ${field}`);
    else if (most !== undefined && value > most) {
      this.set(field, most);
      this.change(field, `lowered from ${value} to ${most}, the most ${host.providerName} takes`);
    } else this.set(field, value);
  }

  /** The wanted output limit, no higher than the endpoint gives. */
  withinLimit(wanted: number): number {
    const most = this.context.traits.maxOutputTokens ?? wanted;
    if (wanted > most) this.change('max_tokens', `lowered from ${wanted} to ${most}, the most this endpoint gives`);
    return Math.min(wanted, most);
  }
}
