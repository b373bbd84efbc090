/** The tools of a preset and of a request as one list (https://openrouter.ai/docs/guides/features/presets, "Tools in Presets"). */
import { isJsonObject, type Json, objectAt, stringAt } from '../core/json.ts';

/** Tools of which a request may have several, told apart by `parameters.name`. */
const NAMED_INSTANCES = /:(?:advisor|subagent)$/;

/**
 * The preset's tools in their order, each replaced by the request's of the same identity; what only the request has comes
 * after them.
 */
export function mergeTools(preset: readonly Json[], request: readonly Json[]): readonly Json[] {
  const left = [...request];
  const merged = preset.map((tool) => {
    const identity = identityOf(tool);
    const at = identity === undefined ? -1 : left.findIndex((other) => identityOf(other) === identity);
    const [own = tool] = at < 0 ? [] : left.splice(at, 1);
    return own;
  });
  return [...merged, ...left];
}

/** A function's name, a server tool's type, an advisor's or subagent's type and name. */
function identityOf(tool: Json): string | undefined {
  if (!isJsonObject(tool)) return undefined;
  const type = stringAt(tool, 'type') ?? 'function';
  if (type === 'function' || type === 'custom') {
    const name = stringAt(objectAt(tool, type) ?? tool, 'name');
    return name === undefined ? undefined : `function ${name}`;
  }
  if (!NAMED_INSTANCES.test(type)) return type;
  return `${type} ${stringAt(objectAt(tool, 'parameters') ?? {}, 'name')?.trim() ?? ''}`;
}
