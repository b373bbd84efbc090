/**
 * Arguments that arrive in pieces (Vertex with `streamFunctionCallArguments`): each names a JSON path and a value, and a
 * string may go on in the next piece (docs/sources.md).
 */
import { arrayAt, isJsonObject, type Json, type JsonObject, stringAt } from '../../core/json.ts';
import { MAX_JSON_DEPTH } from '../../wire/json.ts';

export interface PartialArgs {
  /** Takes what one `functionCall` brings: whole `args`, `partialArgs`, both or neither. */
  apply(functionCall: JsonObject): void;
  /** The arguments so far, as JSON text. */
  text(): string;
}

type Step = string | number;

type Node =
  | { readonly kind: 'leaf'; readonly value: Json }
  | { readonly kind: 'object'; readonly members: Map<string, Node> }
  | { readonly kind: 'array'; readonly items: Node[] };

export function openPartialArgs(): PartialArgs {
  let root: Node = { kind: 'object', members: new Map() };
  return {
    apply(functionCall) {
      const args = functionCall['args'];
      if (isJsonObject(args)) {
        for (const [key, value] of Object.entries(args)) root = placed(root, [key], value ?? null);
      }
      for (const piece of arrayAt(functionCall, 'partialArgs') ?? []) {
        const steps = isJsonObject(piece) ? stepsOf(stringAt(piece, 'jsonPath') ?? '') : [];
        // Arguments nest no deeper than any JSON that is taken: what is deeper is no path of theirs.
        const isPlace = steps.length > 0 && steps.length <= MAX_JSON_DEPTH;
        if (isJsonObject(piece) && isPlace) root = placed(root, steps, pieceValue(piece));
      }
    },
    text: () => JSON.stringify(toJson(root)),
  };
}

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/g;

/** `$.a.b[0]['c d']` → a, b, 0, "c d". */
function stepsOf(path: string): readonly Step[] {
  const steps: Step[] = [];
  for (const [, plain, index, single, double] of path.matchAll(STEP)) {
    steps.push(index === undefined ? (plain ?? (single ?? double ?? '').replace(/\\(.)/g, '$1')) : Number(index));
    if (steps.length > MAX_JSON_DEPTH) break;
  }
  return steps;
}

function pieceValue(piece: JsonObject): Json {
  return piece['stringValue'] ?? piece['numberValue'] ?? piece['boolValue'] ?? null;
}

/** The node with the value at the path; a string continues the string that is there. */
function placed(node: Node | undefined, [step, ...rest]: readonly Step[], value: Json): Node {
  if (step === undefined) {
    const continues = node?.kind === 'leaf' && typeof node.value === 'string' && typeof value === 'string';
    return { kind: 'leaf', value: continues ? `${node.value}${value}` : value };
  }
  if (typeof step === 'number') {
    const items = node?.kind === 'array' ? node.items : [];
    // Pieces come in order; a far index must not make an array of holes.
    const at = Math.min(step, items.length);
    items[at] = placed(items[at], rest, value);
    return { kind: 'array', items };
  }
  const members = node?.kind === 'object' ? node.members : new Map<string, Node>();
  members.set(step, placed(members.get(step), rest, value));
  return { kind: 'object', members };
}

function toJson(node: Node): Json {
  switch (node.kind) {
    case 'leaf':
      return node.value;
    case 'array':
      return node.items.map(toJson);
    case 'object':
      // `fromEntries` defines members, so that one named `__proto__` stays plain data.
      return Object.fromEntries(Array.from(node.members, ([key, member]) => [key, toJson(member)]));
  }
}
