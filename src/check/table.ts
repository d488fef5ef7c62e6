import { columns } from '../control/span.ts';

const GAP = '  ';

/** Rows of as many cells each, in lines, with their columns under each other. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => columns(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - columns(cell)))
      .join(GAP)
      .trimEnd(),
  );
}
