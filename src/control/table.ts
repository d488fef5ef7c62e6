import { formatDuration } from '../duration.ts';
import type { Summary } from '../probe/window.ts';
import { formatOverride } from '../uplink/override.ts';
import { columns, cut, line, type Span, type Style, type Terminal } from './span.ts';
import type { Status, UplinkStatus } from './status.ts';

/** Part of the new connections that each interface was seen to carry, 0 to 1, where somebody counts them. */
export type Seen = ReadonlyMap<string, number>;

interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Columns of the terminal that it has at least, so that nothing moves while figures change. */
  readonly width?: number;
  readonly text: (uplink: UplinkStatus) => string;
  readonly style?: (uplink: UplinkStatus) => Style | undefined;
}

/** A column whose width is known. */
type Measured = Column & { readonly width: number };

/** A longer description is cut. */
const LONGEST_NAME = 16;
/** With less room than this for its reason, an uplink gets a second line. */
const LEAST_REASON = 40;
const GAP = '  ';
const NOTHING = '–';
const BARS = '▁▂▃▄▅▆▇█';

const FIGURES: readonly Column[] = [
  { title: 'UPLINK', text: ({ description }) => cut(description, LONGEST_NAME), style: () => 'bold' },
  { title: 'STATE', text: stateWord, style: stateStyle },
  { title: 'ROLE', width: 7, text: ({ role }) => role },
  {
    title: 'SHARE',
    align: 'right',
    text: ({ role, share }) => (role === 'routing' ? percent(share) : NOTHING),
  },
  { title: 'SINCE', align: 'right', width: 7, text: ({ age }) => formatDuration(age) },
  { title: 'LOSS', align: 'right', width: 5, text: ({ probes }) => loss(probes) },
  { title: 'RTT ± DEV', align: 'right', width: 14, text: ({ probes }) => roundTrip(probes) },
];
const INDENT: Column = { title: '', text: () => '' };
const LAST_MINUTE: Column = { title: 'LAST MINUTE', text: ({ history }) => bars(history) };
const WHY: Column = {
  title: 'WHY',
  text: ({ reason }) => reason,
  style: ({ state }) => (state === 'up' ? 'dim' : 'yellow'),
};

/**
 * The uplinks as a table, its lines fit for the terminal: one line for each uplink where it is wide, two
 * where it is narrow. With `seen` a column SEEN beside SHARE. Pure.
 */
export function statusTable({ uplinks }: Pick<Status, 'uplinks'>, terminal: Terminal, seen?: Seen): string[] {
  const measure = (column: Column): Measured => ({ ...column, width: widthOf(column, uplinks) });
  const figures = (seen === undefined ? FIGURES : FIGURES.toSpliced(4, 0, seenColumn(seen))).map(measure);
  const evidence = [LAST_MINUTE, WHY].map(measure);
  const taken = [...figures, measure(LAST_MINUTE)].reduce((sum, { width }) => sum + width + GAP.length, 0);
  if (terminal.width - taken >= LEAST_REASON) {
    const all = [...figures, ...evidence];
    return [heading(all, terminal), ...uplinks.map((uplink) => row(all, uplink, terminal))];
  }
  const below = [measure(INDENT), ...evidence];
  const rows = uplinks.flatMap((uplink) => [row(figures, uplink, terminal), row(below, uplink, terminal)]);
  return [heading(figures, terminal), ...rows];
}

function stateWord({ state, override }: UplinkStatus): string {
  return override === null ? state : formatOverride(override);
}

function stateStyle({ state, override }: UplinkStatus): Style {
  if (override !== null) return 'yellow';
  return state === 'up' ? 'green' : 'red';
}

function seenColumn(seen: Seen): Column {
  return {
    title: 'SEEN',
    align: 'right',
    width: 5,
    text: (uplink) => {
      const part = seen.get(uplink.interface);
      return part === undefined ? NOTHING : percent(part);
    },
  };
}

function widthOf({ title, text, width = 0 }: Column, uplinks: readonly UplinkStatus[]): number {
  return Math.max(width, columns(title), ...uplinks.map((uplink) => columns(text(uplink))));
}

function heading(table: readonly Measured[], terminal: Terminal): string {
  return line(
    [{ text: table.map((column) => padded(column.title, column)).join(GAP), style: 'dim' }],
    terminal,
  );
}

function row(table: readonly Measured[], uplink: UplinkStatus, terminal: Terminal): string {
  const spans = table.flatMap((column, index): Span[] => {
    const style = column.style?.(uplink);
    const text = padded(column.text(uplink), column);
    return [{ text: index === 0 ? '' : GAP }, { text, ...(style && { style }) }];
  });
  return line(spans, terminal);
}

function padded(text: string, { width, align }: Measured): string {
  const blanks = ' '.repeat(width - columns(text));
  return align === 'right' ? blanks + text : text + blanks;
}

function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}

/** A single lost probe shows, however many there were. */
function loss({ sent, lost }: Summary): string {
  if (sent === 0) return NOTHING;
  return lost === 0 ? '0 %' : `${Math.max(1, Math.round((100 * lost) / sent))} %`;
}

function roundTrip({ rtt }: Summary): string {
  return rtt === undefined ? NOTHING : `${rtt.mean.toFixed(1)} ± ${rtt.deviation.toFixed(1)} ms`;
}

/**
 * A character for each slice: × where half of the probes or more were lost, else a bar that is one step
 * higher for each half of the best slice's round-trip time (1 ms at least, below it is noise); a blank where
 * nothing was sent.
 */
function bars(history: readonly Summary[]): string {
  const best = Math.min(...history.flatMap(({ rtt }) => rtt?.mean ?? []));
  const step = Math.max(best, 1) / 2;
  return history
    .map(({ sent, lost, rtt }) => {
      if (sent === 0) return '·';
      if (rtt === undefined || lost * 2 >= sent) return '×';
      return BARS[Math.min(BARS.length - 1, Math.floor((rtt.mean - best) / step))];
    })
    .join('');
}
