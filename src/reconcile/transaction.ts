/**
 * The commands, for one transaction of nft(8), that put a table of the family inet in the place of what stands, be it
 * nothing; texts as nft lists them. Where both have the same chains and sets only the rules are replaced: what sets have
 * learnt stays. Pure.
 */
export function replacement(name: string, table: string, standing: string | undefined): string {
  if (standing === undefined) return table;
  if (frame(standing) === frame(table)) return `flush table inet ${name}\n${table}`;
  return `${removal(name)}${table}`;
}

/** The command that removes a table, which has to stand. */
export function removal(name: string): string {
  return `delete table inet ${name}\n`;
}

/** All but the rules: names of chains and sets, and of what kind they are. */
function frame(table: string): string {
  return table
    .split('\n')
    .filter((line) => /^\t?\S|^\t\t(?:type|flags|size|timeout) /.test(line))
    .join('\n');
}
