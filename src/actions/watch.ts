import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { ControlError } from '../control/error.ts';
import { Screen } from '../control/screen.ts';
import { line, type Terminal } from '../control/span.ts';
import { statusPage } from '../control/status-page.ts';
import type { Status } from '../control/status.ts';
import { outputSize } from './terminal.ts';

/** From one look to the next, ms. */
const INTERVAL = 1000;

/** What was seen last, and what is to be said of a daemon that does not answer any more. */
interface View {
  readonly status?: Status;
  readonly absence?: string;
}

/**
 * Looks at the status every second until a signal ends the process: in place on a terminal, else one after the other. A
 * daemon that has gone is waited for. Rejects with ControlError for whoever may not look.
 */
export async function watch(look: () => Promise<Status>, json: boolean): Promise<never> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  // Whoever has read enough may go.
  process.stdout.on('error', () => process.exit());
  const show = process.stdout.isTTY && !json ? inPlace() : oneByOne(json);
  let view: View = {};
  for (;;) {
    view = await next(view, look);
    show(view);
    await pause(INTERVAL);
  }
}

async function next(before: View, look: () => Promise<Status>): Promise<View> {
  try {
    return { status: await look() };
  } catch (error) {
    if (!(error instanceof ControlError) || error.status !== undefined) throw error;
    const since = new Date().toTimeString().slice(0, 8);
    return { absence: `Since ${since}: ${error.message}; waiting for it.`, ...before };
  }
}

function inPlace(): (view: View) => void {
  let shown: View = {};
  const screen = new Screen(process.stdout, (size) => page(shown, size));
  return (view) => {
    shown = view;
    screen.draw();
  };
}

function page({ status, absence }: View, terminal: Terminal): string[] {
  return [
    ...(status === undefined ? [] : statusPage(status, terminal)),
    ...(absence === undefined ? [] : [line([{ text: absence, style: 'yellow' }], terminal)]),
  ];
}

function oneByOne(json: boolean): (view: View) => void {
  let told: string | undefined;
  return ({ status, absence }) => {
    if (absence !== undefined && absence !== told) process.stderr.write(`${absence}\n`);
    told = absence;
    if (absence !== undefined || status === undefined) return;
    process.stdout.write(
      json ? `${JSON.stringify(status)}\n` : `${statusPage(status, outputSize()).join('\n')}\n\n`,
    );
  };
}
