/** The catalogue in force: the built-in rows, with those of a refresh laid over them. */
import aliasesJson from './data/aliases.json';
import endpointsText from './data/endpoints.jsonl' with { type: 'text' };
import modelsText from './data/models.jsonl' with { type: 'text' };
import moreJson from './data/more-models.json';
import sourceJson from './data/source.json';
import { endpointFromRow, modelFromRow } from './from-rows.ts';
import type { Endpoint, Model } from './model.ts';
import { type AliasTable, parseAliases } from './resolve-model.ts';
import { type CatalogRows, type EndpointRow, parseCatalogRows, readCheckedRows } from './rows.ts';

export interface Catalog {
  readonly models: ReadonlyMap<string, Model>;
  readonly endpoints: readonly Endpoint[];
  readonly endpointsByModel: ReadonlyMap<string, readonly Endpoint[]>;
  readonly aliases: AliasTable;
  /** Where the prices in force come from, and of which day they are. */
  readonly source: CatalogRows['source'];
}

/** The rows that are part of the product. */
export function builtInRows(): CatalogRows {
  return { source: sourceJson, ...readCheckedRows(modelsText, endpointsText) };
}

/** The built-in one never changes: thousands of rows are read once a process. */
let builtInCatalog: Catalog | undefined;

/** @param refreshed what `signalbox catalog refresh` stored: its rows replace built-in ones of the same id, others stay */
export function loadCatalog(refreshed?: CatalogRows): Catalog {
  if (refreshed) return readCatalog(refreshed);
  builtInCatalog ??= readCatalog();
  return builtInCatalog;
}

function readCatalog(refreshed?: CatalogRows): Catalog {
  const builtIn = builtInRows();
  const aliases = parseAliases(aliasesJson);
  // No refresh knows them: they stay, unless it has come to list one itself.
  const more = withoutListed(moreRows(), refreshed ? [builtIn, refreshed] : [builtIn]);
  if (!refreshed) return indexRows([builtIn, more], aliases, builtIn.source);
  return indexRows([withoutReplaced(builtIn, refreshed), refreshed, more], aliases, refreshed.source);
}

/** Rows of our own: what the source of the others does not list. */
export function moreRows(): CatalogRows {
  return parseCatalogRows(moreJson);
}

function withoutListed(rows: CatalogRows, layers: readonly CatalogRows[]): CatalogRows {
  const listed = new Set(
    layers.flatMap(({ endpoints }) => endpoints.map(({ provider, model }) => `${provider}|${model}`)),
  );
  return { ...rows, endpoints: rows.endpoints.filter(({ provider, model }) => !listed.has(`${provider}|${model}`)) };
}

/** What to store after a refresh: the new rows over those of earlier ones, which keep the date they had. */
export function storedAfter(stored: CatalogRows | undefined, fresh: CatalogRows): CatalogRows {
  if (!stored) return fresh;
  const { source } = stored;
  return layRows(
    {
      source,
      models: stored.models.map((each) => ({ source, ...each })),
      endpoints: stored.endpoints.map((each) => ({ source, ...each })),
    },
    fresh,
  );
}

/** The rows in force after a refresh, as one set: for showing what a refresh changes. */
export function layRows(builtIn: CatalogRows, refreshed: CatalogRows | undefined): CatalogRows {
  if (!refreshed) return builtIn;
  const kept = withoutReplaced(builtIn, refreshed);
  const endpoints = [...kept.endpoints, ...refreshed.endpoints];
  const served = new Set(endpoints.map((each) => each.model));
  const models = [...kept.models, ...refreshed.models].filter((each) => served.has(each.id));
  return { source: refreshed.source, models, endpoints };
}

/**
 * A refreshed model's facts replace the built-in ones, and a refreshed provider's endpoints replace all of its built-in
 * ones: what a provider no longer offers must not stay.
 */
function withoutReplaced(builtIn: CatalogRows, refreshed: CatalogRows): CatalogRows {
  const models = new Set(refreshed.models.map((each) => each.id));
  const providers = new Set(refreshed.endpoints.map((each) => each.provider));
  return {
    source: builtIn.source,
    models: builtIn.models.filter((each) => !models.has(each.id)),
    endpoints: builtIn.endpoints.filter((each) => !providers.has(each.provider)),
  };
}

/** @param source the catalogue's; every row keeps its own */
function indexRows(layers: readonly CatalogRows[], aliases: AliasTable, source: CatalogRows['source']): Catalog {
  const rowsByModel = new Map<string, EndpointRow[]>();
  for (const row of layers.flatMap((each) => each.endpoints)) {
    const rows = rowsByModel.get(row.model);
    if (rows) rows.push(row);
    else rowsByModel.set(row.model, [row]);
  }
  const modelRows = new Map(layers.flatMap((layer) => layer.models.map((row) => [row.id, { row, layer }])));
  const models = new Map<string, Model>();
  for (const [id, { row, layer }] of modelRows) {
    const rows = rowsByModel.get(id);
    // A model that lost its last endpoint is not served by anybody any more.
    if (rows) models.set(id, modelFromRow(row, rows, layer.source));
  }
  const endpoints: Endpoint[] = [];
  const endpointsByModel = new Map<string, Endpoint[]>();
  for (const layer of layers) {
    for (const row of layer.endpoints) {
      const model = modelRows.get(row.model);
      if (!model) continue;
      const endpoint = endpointFromRow(row, model.row, layer.source);
      endpoints.push(endpoint);
      const siblings = endpointsByModel.get(row.model);
      if (siblings) siblings.push(endpoint);
      else endpointsByModel.set(row.model, [endpoint]);
    }
  }
  return { models, endpoints, endpointsByModel, aliases, source };
}
