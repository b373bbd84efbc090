/** What a refresh would change, with the numbers. Pure. */
import { parsePicoUsd } from '../core/money.ts';
import { endpointId } from './from-rows.ts';
import type { CatalogRows, EndpointRow } from './rows.ts';

export interface CatalogDiff {
  readonly addedModels: readonly string[];
  readonly removedModels: readonly string[];
  readonly addedEndpoints: readonly string[];
  readonly removedEndpoints: readonly string[];
  readonly changed: readonly EndpointChange[];
}

export interface EndpointChange {
  /** `provider[/variant][/tier]|model`. */
  readonly endpoint: string;
  readonly changes: readonly FieldChange[];
}

export interface FieldChange {
  /** `price.prompt`, `context`, `upstream`, … */
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
  /** For prices that were not zero: 0.25 = a quarter dearer. */
  readonly ratio?: number;
}

export function diffRows(before: CatalogRows, after: CatalogRows): CatalogDiff {
  const oldModels = new Set(before.models.map((each) => each.id));
  const newModels = new Set(after.models.map((each) => each.id));
  const oldEndpoints = new Map(before.endpoints.map((each) => [endpointId(each), each]));
  const newEndpoints = new Map(after.endpoints.map((each) => [endpointId(each), each]));
  const changed: EndpointChange[] = [];
  for (const [endpoint, row] of newEndpoints) {
    const old = oldEndpoints.get(endpoint);
    const changes = old ? changesOf(flatten(old), flatten(row)) : [];
    if (changes.length) changed.push({ endpoint, changes });
  }
  return {
    addedModels: missingFrom(oldModels, newModels),
    removedModels: missingFrom(newModels, oldModels),
    addedEndpoints: missingFrom(oldEndpoints, newEndpoints),
    removedEndpoints: missingFrom(newEndpoints, oldEndpoints),
    changed,
  };
}

export function isEmptyDiff(diff: CatalogDiff): boolean {
  return Object.values(diff).every((each) => each.length === 0);
}

function missingFrom(known: { has(key: string): boolean }, candidates: { keys(): IterableIterator<string> }): string[] {
  return [...candidates.keys()].filter((each) => !known.has(each)).sort();
}

/** A row as field → text, prices and conditions one by one. */
function flatten(row: EndpointRow): ReadonlyMap<string, string> {
  const { model, provider, variant, tier, price, overrides, source, ...rest } = row;
  const fields = new Map<string, string>();
  for (const [name, text] of Object.entries(price)) fields.set(`price.${name}`, text);
  for (const override of overrides ?? []) {
    const { price: prices, ...condition } = override;
    const label = conditionLabel(condition);
    for (const [name, text] of Object.entries(prices)) fields.set(`price.${name} ${label}`, text);
  }
  for (const [name, value] of Object.entries(rest)) fields.set(name, String(value));
  return fields;
}

function conditionLabel(condition: Omit<NonNullable<EndpointRow['overrides']>[number], 'price'>): string {
  const { minPromptTokens, utcStart, utcEnd, utcDays } = condition;
  return [
    ...(minPromptTokens === undefined ? [] : [`above ${minPromptTokens} prompt tokens`]),
    ...(utcStart === undefined && utcEnd === undefined ? [] : [`${hhmm(utcStart ?? 0)}–${hhmm(utcEnd ?? 2400)} UTC`]),
    ...(utcDays ? [utcDays.join(' ')] : []),
  ].join(', ');
}

function hhmm(time: number): string {
  return time.toString().padStart(4, '0');
}

function changesOf(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const field of new Set([...before.keys(), ...after.keys()])) {
    const from = before.get(field) ?? null;
    const to = after.get(field) ?? null;
    if (from === to) continue;
    const ratio = field.startsWith('price.') && from !== null && to !== null ? ratioOf(from, to) : undefined;
    changes.push({ field, from, to, ...(ratio === undefined ? {} : { ratio }) });
  }
  return changes;
}

function ratioOf(from: string, to: string): number | undefined {
  const base = Number(parsePicoUsd(from));
  return base === 0 ? undefined : (Number(parsePicoUsd(to)) - base) / base;
}
