import { formatPath, type Path } from './fault.ts';
import { quote } from './quote.ts';

/** Something that values say together and that cannot be; `path` leads to the value that is named. */
export interface Contradiction {
  readonly path: Path;
  readonly message: string;
}

/** A value and where it stands. */
export interface Place {
  readonly path: Path;
  readonly value: string | undefined;
}

/** A contradiction for each value that stood before. */
export function repetitions(places: readonly Place[], reason: string): Contradiction[] {
  const first = new Map<string, Path>();
  return places.flatMap(({ path, value }) => {
    if (value === undefined) return [];
    const earlier = first.get(value);
    if (earlier === undefined) first.set(value, path);
    return earlier === undefined
      ? []
      : [{ path, message: `${quote(value)} is already ${formatPath(earlier)}; ${reason}` }];
  });
}

/** Numbers from `first` to `last` in words. */
export function span(first: number, last: number): string {
  return first === last ? String(first) : `${first} to ${last}`;
}
