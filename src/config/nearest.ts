/**
 * The word that `word` was probably meant to be: at most a third of its letters wrong; absent when none is
 * that near.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bound = Math.max(1, Math.floor(word.length / 3));
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > bound) continue;
    const distance = editDistance(word, candidate);
    if (distance < bound || (distance === bound && best === undefined)) [best, bound] = [candidate, distance];
  }
  return best;
}

/**
 * Insertions, deletions and replacements of one letter that lead from one word to the other (Levenshtein
 * 1965).
 */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let above = 0; above < from.length; above++) {
    const next = [above + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = row[column - 1]! + (from[above] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
