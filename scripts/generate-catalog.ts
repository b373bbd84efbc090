/**
 * Regenerates the built-in catalogue from a copy of models.dev's `api.json`:
 * `bin/runtime run scripts/generate-catalog.ts INPUT.json [--date YYYY-MM-DD] [--left-out]`
 */
import { importModelsDev } from '../src/catalog/import-models-dev.ts';
import { formatRows, parseCatalogRows } from '../src/catalog/rows.ts';

const [input, ...flags] = process.argv.slice(2);
if (input === undefined) {
  console.error('usage: generate-catalog.ts INPUT.json [--date YYYY-MM-DD] [--left-out]');
  process.exit(2);
}
const dateAt = flags.indexOf('--date');
const { rows, leftOut } = importModelsDev(await Bun.file(input).json(), dateAt < 0 ? undefined : flags[dateAt + 1]);
const checked = parseCatalogRows(rows);

const folder = new URL('../src/catalog/data/', import.meta.url);
await Bun.write(new URL('models.jsonl', folder), formatRows(checked.models));
await Bun.write(new URL('endpoints.jsonl', folder), formatRows(checked.endpoints));
await Bun.write(new URL('source.json', folder), `${JSON.stringify(checked.source, null, 2)}\n`);

if (flags.includes('--left-out')) for (const each of leftOut) console.log(`left out ${each.offer}: ${each.reason}`);
console.log(
  `${checked.models.length} models, ${checked.endpoints.length} endpoints from ${checked.source.name} of ` +
    `${checked.source.date}; ${leftOut.length} offers left out`,
);
