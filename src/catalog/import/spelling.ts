/**
 * Names as hosts spell them, reduced to what tells models apart. Wrong merging bills the wrong price, so only decoration
 * goes: the host's own prefix, the quantization, separators. Sizes, dates, `-instruct` and `-thinking` stay.
 */
import type { Host } from './hosts.ts';
import { KNOWN_AUTHORS, publicAuthor } from './hosts.ts';

export interface Spelling {
  /** As the host says it, in OpenRouter's spelling; undefined where the name has none. */
  readonly author: string | undefined;
  /** Without author and decoration, lower case: `qwen3.8-27b`. First choice first, where the author may be part of it. */
  readonly slugs: readonly [string, ...string[]];
  readonly quantization: string | undefined;
  /** Region of an inference profile. */
  readonly region: string | undefined;
}

const QUANTIZATIONS = new Set(['int4', 'int8', 'fp4', 'mxfp4', 'nvfp4', 'fp6', 'fp8', 'mxfp8', 'fp16', 'bf16', 'fp32']);
/** Words that say how the host runs it, not what it is: TEE = in an enclave, maas = Vertex's managed form. */
const DECORATION = new Set(['tee', 'maas']);
const AUTHORS_LONGEST_FIRST = [...KNOWN_AUTHORS].sort((a, b) => b.length - a.length);
const REGION = /^(us|eu|global|jp|au|apac|ca|in)\.(?=[a-z])/;

export function readSpelling(host: Host, upstream: string): Spelling {
  let name = upstream.toLowerCase();
  let region: string | undefined;
  if (host.slug === 'fireworks') {
    name = name.replace('accounts/fireworks/models/', '').replace(/(?<=\d)p(?=\d)/g, '.');
  } else if (host.slug === 'cloudflare') {
    name = name.replace('@cf/', '');
  } else if (host.slug === 'databricks') {
    name = name
      .replace('databricks-', '')
      .replace(/-(?=\d+(-|$))/g, '.')
      .replace(/\.(?=\d+b)/g, '-');
  } else if (host.slug === 'clarifai') {
    name = (name.split('/').at(-1) ?? name).replaceAll('_', '.');
  } else if (host.slug === 'amazon-bedrock') {
    region = REGION.exec(name)?.[1];
    name = name
      .replace(REGION, '')
      .replace(/-v?\d+:\d+$/, '')
      .replace(/(?<=claude-.*)-v1$/, '')
      .replace('.', '/');
  } else if (host.slug === 'google-vertex') {
    name = name.replace(/@.*$/, '');
  }
  const slash = name.indexOf('/');
  const author = slash > 0 ? name.slice(0, slash) : undefined;
  const words = undated(name.slice(slash + 1)).split('-');
  const slug = words.filter((word) => !QUANTIZATIONS.has(word) && !DECORATION.has(word)).join('-');
  const slugs: [string, ...string[]] = [slug];
  if (author === undefined) {
    // `zai-org-glm-5-2`, `anthropic-claude-haiku-4.5`: some hosts write the author into the name.
    const prefix = AUTHORS_LONGEST_FIRST.find((each) => slug.startsWith(`${each}-`));
    if (prefix !== undefined) slugs.push(undated(slug.slice(prefix.length + 1)));
  } else if (host.slug === 'amazon-bedrock') {
    // `deepseek.v3.2`: Bedrock's vendor doubles as the first word of the name.
    slugs.push(`${author}-${slug}`);
  }
  return {
    author: author === undefined ? undefined : publicAuthor(author, slug),
    slugs,
    quantization: words.find((word) => QUANTIZATIONS.has(word)),
    region,
  };
}

/** Claude's dated snapshots are the same model as the undated name. */
export function undated(slug: string): string {
  return slug.startsWith('claude-') ? slug.replace(/-20\d{6}$/, '') : slug;
}

/** Letters and digits only: `qwen-2.5-72b-instruct` and `Qwen2.5-72B-Instruct` are one key. */
export function spellingKey(slug: string): string {
  return slug.toLowerCase().replace(/[^a-z0-9]/g, '');
}
