/**
 * GET /docs: the API's description as a page. Written here, without a script: a page on the address of the management API must not
 * run anybody's code.
 */
import { arrayAt, isJsonArray, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import { escapeHtml, htmlPage } from '../html.ts';
import { describe, type MountedRoute, schemaOf, templateOf } from './document.ts';
import { type Operation, TAGS, type Tag } from './operation.ts';

const MOST_VALUES = 8;

const KEYS: Readonly<Record<NonNullable<Operation['key']>, string>> = {
  inference: 'inference key',
  management: 'management key',
  any: 'any key',
  public: 'no key where the catalogue is public',
  none: 'no key',
};

export function docsPage(routes: readonly MountedRoute[], version: string): Response {
  const groups = tagsOf().map((tag) =>
    groupOf(
      tag,
      routes.filter((route) => describe(route).tag === tag),
    ),
  );
  const contents = tagsOf().map((tag) => `<a href="#${tag}">${tag}</a>`);
  const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Signalbox API</title>
<style>${STYLE}</style>
<h1>Signalbox API <small>${escapeHtml(version)}</small></h1>
<p>Every route of this gateway, as <a href="/openapi.json">OpenAPI 3.1</a> and to read. Paths under <code>/api/v1</code> answer under <code>/v1</code> and <code>/api</code>, too. A key goes into <code>Authorization: Bearer</code>, <code>x-api-key</code> or <code>x-goog-api-key</code>.</p>
<nav>${contents.join(' · ')}</nav>
${groups.join('\n')}
</html>
`;
  return htmlPage(page);
}

function tagsOf(): readonly Tag[] {
  return ['Inference', 'Gemini', 'Catalogue', 'Generations', 'Keys', 'Presets', 'Operation'];
}

function groupOf(tag: Tag, routes: readonly MountedRoute[]): string {
  return `<section id="${tag}"><h2>${tag}</h2><p>${escapeHtml(TAGS[tag])}</p>${routes.map(routeOf).join('')}</section>`;
}

function routeOf(route: MountedRoute): string {
  const operation = describe(route);
  const { summary, description, returns, key = 'any', body, query, headers } = operation;
  const path = templateOf(route);
  const answers = (operation.answers ?? ['application/json']).join(', ');
  const parts = [
    description && `<p>${escapeHtml(description)}</p>`,
    `<p><b>Key</b> ${KEYS[key]} · <b>Answer</b> ${operation.status ?? 200}, ${escapeHtml(answers)}: ${escapeHtml(returns)}</p>`,
    query && tableOf('Query', Object.entries(query)),
    headers && tableOf('Headers', Object.entries(headers)),
    body && fieldsOf(schemaOf(body)),
  ];
  return `<details><summary><code class="${route.method}">${route.method}</code> <code>${escapeHtml(path)}</code> ${escapeHtml(summary)}</summary>${parts.filter(Boolean).join('')}</details>`;
}

function tableOf(title: string, rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(([name, meaning]) => `<tr><td><code>${escapeHtml(name)}</code><td>${escapeHtml(meaning)}`);
  return `<h3>${title}</h3><table>${cells.join('')}</table>`;
}

function fieldsOf(schema: JsonObject): string {
  const required = arrayAt(schema, 'required') ?? [];
  const rows = Object.entries(objectAt(schema, 'properties') ?? {}).map(([name, field]): readonly [string, string] => [
    required.includes(name) ? `${name} *` : name,
    typeText(field),
  ]);
  return tableOf('Body (* = required)', rows);
}

/** A type in a few words; what is nested is in the OpenAPI document. */
function typeText(schema: Json | undefined): string {
  if (!isJsonObject(schema)) return 'any';
  const choices = arrayAt(schema, 'anyOf') ?? arrayAt(schema, 'oneOf');
  if (choices) {
    const texts = [...new Set(choices.filter((choice) => !isNull(choice)).map(typeText))];
    return texts.slice(0, MOST_VALUES).join(' or ');
  }
  const values = schema['enum'];
  if (isJsonArray(values))
    return values
      .slice(0, MOST_VALUES)
      .map((value) => JSON.stringify(value))
      .join(', ');
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  const type = stringAt(schema, 'type') ?? 'any';
  if (type === 'array') return `list of ${typeText(schema['items'])}`;
  return type + boundsOf(schema);
}

function isNull(schema: Json): boolean {
  return isJsonObject(schema) && schema['type'] === 'null';
}

function boundsOf(schema: JsonObject): string {
  const { minimum, maximum } = schema;
  // An integer's bounds of the number type itself say nothing.
  const said = [minimum, maximum].map(
    (bound) => typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER,
  );
  if (said[0] && said[1]) return `, ${minimum} to ${maximum}`;
  if (said[0]) return `, at least ${minimum}`;
  return said[1] ? `, at most ${maximum}` : '';
}

const STYLE = `body{font:16px/1.55 system-ui;max-width:60rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}
h1 small{font-weight:400;opacity:.6;font-size:.6em}h2{margin-top:2.5rem}h3{margin:.8rem 0 .2rem;font-size:1em}
code{background:#8882;padding:.1em .3em;border-radius:3px;font-size:.92em}
details{border:1px solid #8884;border-radius:6px;margin:.5rem 0;padding:.4rem .8rem}summary{cursor:pointer}
table{border-collapse:collapse;width:100%}td{border-top:1px solid #8883;padding:.25rem .5rem;vertical-align:top}td:first-child{white-space:nowrap}
.GET{color:#0a7d33}.POST{color:#0b62d6}.PATCH{color:#9a6700}.DELETE{color:#c4320a}
@media(prefers-color-scheme:dark){.GET{color:#4ac26b}.POST{color:#6cb6ff}.PATCH{color:#d4a72c}.DELETE{color:#ff8a65}}`;
