import { type Outcome, seconds } from './play.ts';

const HEADING = [
  ['What happened', 'moved', 'back', 'new connections', 'on healthy'],
  ['', 'after', 'after', 'lost', 'lines'],
];

const NOTES = [
  'moved  from the fault to the new balancing route, as the kernel tells of it',
  'back   from the repair until the daemon has every broken line in service again',
  'lost   without an answer within a second, of all that were opened in the act;',
  "       the line of a lost one is that of the router's connection tracking",
];

/** The table at the end, everything in it measured. Pure. */
export function summary(outcomes: readonly Outcome[]): string[] {
  const rows = [...HEADING, ...outcomes.map(cells)];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map(([title = '', ...figures]) => {
    const aligned = figures.map((figure, index) => figure.padStart(widths[index + 1] ?? 0));
    return [title.padEnd(widths[0] ?? 0), ...aligned].join('  ');
  });
  return [...table, '', ...NOTES];
}

function cells({ title, movedAfter, backAfter, connections, lostOnHealthy }: Outcome): string[] {
  return [
    title,
    movedAfter === undefined ? '–' : seconds(movedAfter),
    seconds(backAfter),
    `${connections.lost} of ${connections.all}`,
    String(lostOnHealthy ?? '–'),
  ];
}
