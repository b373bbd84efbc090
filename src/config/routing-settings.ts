/** `routing`, `response_cache` and `plugins` of the file: what every request gets unless it says otherwise. */
import { parsePicoUsd } from '../core/money.ts';
import { decodePreferences, NO_PREFERENCES, type ProviderPreferences } from '../core/preferences.ts';
import type { Path, Report } from './problems.ts';
import type { FileConfig, PreferencesEntry } from './schema.ts';
import type { PluginSettings, RoutingSettings, Settings } from './settings.ts';

/** Memory for cached replies where the file names none. */
const RESPONSE_CACHE_BYTES = 64 * 1024 * 1024;
const SEARCH_TIMEOUT_MS = 10_000;

export function toRoutingSettings(entry: FileConfig['routing'], report: Report): RoutingSettings {
  const path = ['routing'];
  const byKey = Object.entries(entry?.keys ?? {}).map(
    ([key, preferences]) => [key, toPreferences(preferences, [...path, 'keys', key], report)] as const,
  );
  return {
    defaults: entry?.defaults ? toPreferences(entry.defaults, [...path, 'defaults'], report) : NO_PREFERENCES,
    byKey: new Map(byKey),
    defaultModel: entry?.default_model ?? null,
  };
}

/** The file's words are those of a request, so the same decoder reads them. */
function toPreferences(entry: PreferencesEntry, path: Path, report: Report): ProviderPreferences {
  const wrong = Object.entries(entry.max_price ?? {}).filter(([, amount]) => !isAmount(amount));
  for (const [axis] of wrong) report.problem([...path, 'max_price', axis], 'must be an amount in USD, as "0.5" or 3.');
  return wrong.length > 0 ? NO_PREFERENCES : decodePreferences(JSON.parse(JSON.stringify(entry)));
}

function isAmount(written: string | number | undefined): boolean {
  try {
    return parsePicoUsd(String(written)) >= 0n;
  } catch {
    return false;
  }
}

export function toResponseCacheSettings(entry: FileConfig['response_cache']): Settings['responseCache'] {
  return { maxBytes: entry?.max_bytes ?? RESPONSE_CACHE_BYTES, persist: entry?.persist ?? false };
}

export function toPluginSettings(entry: FileConfig['plugins'], report: Report): PluginSettings {
  const web = entry?.web;
  if (web && !/^https?:\/\/[^\s?#]+$/.test(web.base_url)) {
    report.problem(
      ['plugins', 'web', 'base_url'],
      'must be an address such as https://search.example.com, without a query.',
    );
  }
  return {
    web: web
      ? { baseUrl: web.base_url, headers: web.headers ?? {}, timeoutMs: web.timeout_ms ?? SEARCH_TIMEOUT_MS }
      : null,
    defaults: JSON.parse(JSON.stringify(entry?.defaults ?? [])),
  };
}
