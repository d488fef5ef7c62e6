import * as z from 'zod';
import { nearest } from './nearest.ts';
import { quote } from './quote.ts';

/** A mapping with known keys only; the message for unknown ones has one line for each, in their order. */
export function section<const Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownKey(key, known)).join('\n')
        : noSection(issue),
  });
}

/** What is said of a value in the place of a section. */
export function noSection({ input }: { readonly input?: unknown }): string {
  return `${quote(input)} stands where "key: value" lines are needed`;
}

function unknownKey(key: string, known: readonly string[]): string {
  const suggestion = nearest(key, known);
  return suggestion === undefined
    ? `unknown key; allowed: ${known.join(', ')}`
    : `unknown key; did you mean ${quote(suggestion)}?`;
}
