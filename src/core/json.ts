/** JSON as a value: what the one parse of a body gives. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}
/** The same shape while it is being built. */
export type MutableJsonObject = { [key: string]: Json | undefined };

/**
 * An object to build on, without a prototype: a member named `__proto__` is plain data here, as it was in the body.
 */
export function emptyJsonObject(): MutableJsonObject {
  return Object.create(null);
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isJsonArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** The member as a string, or undefined where it is absent or of another type. */
export function stringAt(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
}

/** The member as a finite number, or undefined. */
export function numberAt(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function objectAt(object: JsonObject, key: string): JsonObject | undefined {
  const value = object[key];
  return isJsonObject(value) ? value : undefined;
}

export function arrayAt(object: JsonObject, key: string): readonly Json[] | undefined {
  const value = object[key];
  return isJsonArray(value) ? value : undefined;
}
