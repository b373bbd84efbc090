/** GET /: a page for whoever opens the address in a browser. */
import type { Snapshot } from '../pipeline/snapshot.ts';
import { escapeHtml, htmlPage } from './html.ts';

export function homePage(request: Request, snapshot: Snapshot): Response {
  const base = escapeHtml(`${new URL(request.url).origin}/api/v1`);
  const providers = snapshot.providers.map(({ name }) => `<li>${escapeHtml(name)}</li>`).join('');
  const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Signalbox</title>
<style>body{font:16px/1.6 system-ui;max-width:42rem;margin:4rem auto;padding:0 1rem}code{background:#8882;padding:.1em .3em;border-radius:3px}</style>
<h1>Signalbox</h1>
<p>Serving ${snapshot.models.size} models. Point an OpenAI or OpenRouter client at <code>${base}</code>.</p>
<ul>${providers}</ul>
<p><a href="/api/v1/models">models</a> · <a href="/docs">API</a> · <a href="/openapi.json">openapi.json</a> · <a href="/health/ready">health</a> · <a href="/metrics">metrics</a></p>
</html>
`;
  return htmlPage(page);
}
