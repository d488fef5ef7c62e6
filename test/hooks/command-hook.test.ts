import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { CommandHook, ROOM } from '../../src/hooks/command-hook.ts';
import { Transcript, until } from '../support/waiting.ts';
import { payload } from './payloads.ts';
import { lives } from './processes.ts';

const PATIENCE = 8000;

/** A hook that runs a script. */
function hook(context: TestContext, script: string) {
  const log = new Transcript<string>();
  const made = new CommandHook(
    { on: ['uplink_down'], command: ['/bin/sh', '-c', script], timeout: 60 },
    { clock: systemClock, report: ({ severity, text }) => log.add(`${severity}: ${text}`) },
  );
  context.after(() => made.close());
  const line = (pattern: RegExp) => log.until((one) => pattern.test(one), { within: PATIENCE });
  return { hook: made, log, line };
}

describe('a hook', () => {
  test('runs its program and tells what it printed and how it ended', async (context) => {
    const { hook: one, log, line } = hook(context, 'cat; echo "$FTR_UPLINK is $FTR_UPLINK_STATE"');
    one.take(payload());
    await line(/ done /);
    const [json = '', printed, end = ''] = log.entries.map((entry) => entry.replace('info: Hook sh: ', ''));
    assert.deepEqual(JSON.parse(json), payload());
    assert.equal(printed, 'ppp0 is down');
    assert.match(end, /^uplink_down done after \d+\.\d s$/);
  });

  test('warns of a failure, and goes on', async (context) => {
    const { hook: one, log, line } = hook(context, 'exit "${FTR_ID#id-}"');
    one.take(payload(1));
    one.take(payload(0));
    await line(/ done /);
    assert.match(
      log.entries[0] ?? '',
      /^warning: Hook sh: uplink_down failed with status 1 after \d+\.\d s$/,
    );
  });

  test('runs once at a time, in order, and the newest take the place of the oldest', async (context) => {
    const { hook: one, log, line } = hook(context, 'echo begin $FTR_ID; echo end $FTR_ID');
    const kept = Array.from({ length: ROOM }, (_, index) => 3 + index);
    for (const number of [0, 1, 2, ...kept]) one.take(payload(number));
    await line(new RegExp(`end id-${kept.at(-1)}$`));
    assert.deepEqual(
      log.entries.flatMap((entry) => /(?:begin|end) id-\d+/.exec(entry)?.[0] ?? []),
      kept.flatMap((number) => [`begin id-${number}`, `end id-${number}`]),
    );
    assert.equal(log.entries.filter((entry) => entry.includes('busy; 3 events were not told')).length, 1);
  });

  test('is silent once it is closed, and runs nothing that waits', async (context) => {
    const { hook: one, log, line } = hook(context, 'echo begin $$; exec sleep 1000');
    one.take(payload(1));
    one.take(payload(2));
    const begin = await line(/begin/);
    one.close();
    await until(() => !lives(begin.replace(/.* /, '')), PATIENCE);
    await turn();
    assert.deepEqual(log.entries, [begin]);
  });
});
