/** Which grammars an entry under `providers` may name: known, built, and spoken where it is called. */
import { isMissing, type KnownProvider, type ProviderContext, SIMULATOR_ID } from './known-provider.ts';
import { nearest, type Path } from './problems.ts';
import type { ProviderEntry } from './schema.ts';

/** The usual grammar of a provider. @param dialect null = the known provider's own */
export function checkDialect(
  entry: ProviderEntry,
  dialect: string | null,
  known: KnownProvider | null,
  path: Path,
  context: ProviderContext,
): void {
  const { builtDialects, known: all, report } = context;
  const built = builtList(builtDialects);
  const spoken = dialect ?? known?.dialect ?? null;
  if (spoken === null) {
    if (entry.base_url !== undefined && isMissing('dialect', entry, context)) {
      report.problem([...path, 'dialect'], `is required for a host of your own. ${built}`);
    }
  } else if (!builtDialects.includes(spoken)) {
    const isKnown = [...all.values()].some((provider) => provider.dialect === spoken);
    const at = entry.dialects ? [...path, 'dialects'] : entry.dialect === undefined ? path : [...path, 'dialect'];
    if (isKnown) report.problem(at, `speaks ${spoken}, a dialect that is known but not built yet. ${built}`);
    else report.problem(at, `unknown dialect. ${built}`, nearest(spoken, builtDialects));
  } else if (dialect !== null && known && known.id !== SIMULATOR_ID && isMissing('base_url', entry, context)) {
    const spokenThere = spokenBy(known);
    if (spokenThere.includes(dialect)) return;
    report.problem(
      [...path, entry.dialects ? 'dialects' : 'dialect'],
      `the known address of ${known.id} speaks ${[...new Set(spokenThere)].join(', ')}; another dialect needs base_url.`,
    );
  }
}

/** More of `dialects`. */
export function checkOtherDialects(
  entry: ProviderEntry,
  others: readonly string[],
  known: KnownProvider | null,
  path: Path,
  { builtDialects, report }: ProviderContext,
): void {
  if (entry.dialects && entry.dialect !== undefined) {
    report.problem([...path, 'dialect'], 'and dialects say the same: write one of them.');
  }
  others.forEach((dialect, i) => {
    const at = [...path, 'dialects', i + 1];
    if (!builtDialects.includes(dialect)) {
      report.problem(at, `unknown dialect. ${builtList(builtDialects)}`, nearest(dialect, builtDialects));
    } else if (entry.dialects?.indexOf(dialect) !== i + 1) {
      report.problem(at, `${dialect} is listed twice.`);
    } else if (
      entry.base_url === undefined &&
      known &&
      known.id !== SIMULATOR_ID &&
      !spokenBy(known).includes(dialect)
    ) {
      report.problem(at, `the known address of ${known.id} does not speak ${dialect}; write base_url too.`);
    }
  });
}

/** A model that is served in another grammar than the provider's usual one. */
export function checkModelDialects(
  entry: ProviderEntry,
  known: KnownProvider | null,
  path: Path,
  { builtDialects, report }: ProviderContext,
): void {
  const own = entry.base_url === undefined && known ? spokenBy(known) : known ? [known.dialect] : [];
  const spoken = entry.dialects ?? (entry.dialect === undefined ? own : [entry.dialect, ...own]);
  entry.models?.forEach(({ dialect }, i) => {
    const at = [...path, 'models', i, 'dialect'];
    if (dialect === undefined) return;
    if (!builtDialects.includes(dialect)) {
      report.problem(at, `unknown dialect. ${builtList(builtDialects)}`, nearest(dialect, builtDialects));
    } else if (!spoken.includes(dialect) && known?.id !== SIMULATOR_ID) {
      report.problem(at, `the provider is not spoken to in ${dialect}: list it in dialects of the provider.`);
    }
  });
}

/** All that is spoken at a known provider's own address. */
function spokenBy({ dialect, doors }: KnownProvider): readonly string[] {
  return [dialect, ...(doors ?? []).map((door) => door.dialect)];
}

function builtList(dialects: readonly string[]): string {
  return `Built: ${[...dialects].sort().join(', ')}.`;
}
