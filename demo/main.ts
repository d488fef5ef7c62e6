import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openNamespaces } from '../test/support/namespace.ts';
import { type Act, acts } from './acts.ts';
import { showLive } from './live.ts';
import { tellPlainly } from './plain.ts';
import { type Outcome, play, prelude } from './play.ts';
import { missing } from './prerequisites.ts';
import { Stage } from './stage.ts';
import { Story } from './story.ts';
import { summary } from './summary.ts';

const USAGE = `Usage: main.js [--act=N]

Raises a small internet in network namespaces, runs the daemon in its router, and breaks the lines one after another.

  --act=N  play only this act, 1 to ${acts.length}
  --help   print this
`;

/** Exit statuses: 0 every act ended as promised, 1 not so, 2 used wrongly, 128 and the signal's number when a signal ended it. */
async function main(): Promise<number> {
  const options = readOptions();
  if (options instanceof Error) return complain(options.message, 2);
  const { act: wanted, help } = options;
  if (help) return say(USAGE, 0);
  const chosen = acts.filter((_, index) => wanted === undefined || wanted === String(index + 1));
  if (chosen.length === 0) return complain(`there is no act "${wanted}", they are 1 to ${acts.length}`, 2);
  const lacking = missing(process.env['PATH'] ?? '', process.getuid?.());
  if (lacking.length > 0) return complain(['missing:', ...lacking].join('\n  '), 1);
  const abort = endingSignal();
  keepToOneself();
  return perform(chosen, abort);
}

function readOptions(): { act?: string; help?: boolean } | Error {
  try {
    return parseArgs({ options: { act: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    return error as Error;
  }
}

/** Plays the acts from the raising of the stage to the summary; whatever happens, nothing is left behind. */
async function perform(chosen: readonly Act[], abort: AbortSignal): Promise<number> {
  const story = new Story();
  const outcomes: Outcome[] = [];
  let failure: string | undefined;
  say('Raising a small internet in network namespaces; Ctrl-C removes it at any time.\n\n', 0);
  try {
    await playAll(chosen, story, outcomes, abort);
  } catch (error) {
    failure = (error as Error).message;
  }
  const left = openNamespaces();
  if (left.length > 0) return complain(`could not be removed: ${left.join(', ')}; ${failure}`, 1);
  if (abort.aborted) {
    const signal = abort.reason as NodeJS.Signals;
    return complain(`ended by ${signal}, everything is removed`, 128 + constants.signals[signal]);
  }
  if (outcomes.length > 0) say(`\n${summary(outcomes).join('\n')}\n`, 0);
  if (failure === undefined) return 0;
  const last = story.entries.slice(-12).map(({ time, text }) => `${time}  ${text}`);
  return complain([`not as promised: ${failure}`, ...last].join('\n  '), 1);
}

async function playAll(
  chosen: readonly Act[],
  story: Story,
  outcomes: Outcome[],
  abort: AbortSignal,
): Promise<void> {
  const stage = await Stage.raise(abort);
  const lower =
    process.stdout.isTTY && process.env['TERM'] !== 'dumb'
      ? showLive(stage, story, process.stdout)
      : tellPlainly(story, (text) => process.stdout.write(text));
  try {
    story.tell('act', 'Before the first act');
    story.follow(stage.log);
    await prelude(stage, story);
    for (const act of chosen) {
      story.tell('act', `Act ${acts.indexOf(act) + 1} of ${acts.length}: ${act.title}`);
      outcomes.push(await play(act, stage, story));
    }
  } finally {
    lower();
    await stage.close();
  }
}

/** Files and sockets of everything that is started lie in a directory of their own, which goes with this process; no journal reads along. */
function keepToOneself(): void {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-demo-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  process.env['TMPDIR'] = directory;
  process.env['RUNTIME_DIRECTORY'] = directory;
  delete process.env['JOURNAL_STREAM'];
}

/** Aborts, with its name, when a signal asks for the end, or when nobody reads any more. */
function endingSignal(): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.abort(signal));
  process.stdout.on('error', () => end.abort('SIGPIPE'));
  return end.signal;
}

function say(text: string, status: number): number {
  process.stdout.write(text);
  return status;
}

function complain(text: string, status: number): number {
  process.stderr.write(`demo: ${text}\n`);
  return status;
}

process.exitCode = await main();
