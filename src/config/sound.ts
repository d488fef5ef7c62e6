import type * as z from 'zod';

/** A value of which any part may be absent. */
export type Partly<T> = T extends object ? { readonly [Key in keyof T]?: Partly<T[Key]> | undefined } : T;

/**
 * The part of a value in which no fault was found; the place of a faulty part is undefined, so that lists
 * keep their numbering. Takes the value over: it must not be used afterwards.
 */
export function sound<T extends object>(value: T, issues: readonly z.core.$ZodRawIssue[]): Partly<T> {
  for (const { code, path = [] } of issues) {
    if (code === 'unrecognized_keys') continue;
    let holder: unknown = value;
    for (const step of path.slice(0, -1)) holder = isObject(holder) ? holder[step] : undefined;
    const last = path.at(-1);
    if (last !== undefined && isObject(holder)) holder[last] = undefined;
  }
  return value as Partly<T>;
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}
