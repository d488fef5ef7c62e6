import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryKernel } from '../../src/kernel/memory.ts';
import { Monitor } from '../../src/monitor/monitor.ts';
import { Watchdog } from '../../src/observe/watchdog.ts';
import { allLinks, configuration } from '../monitor/laboratory.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ScriptedWorld } from '../support/scripted-channel.ts';

/** A kernel whose ways can be cut. */
class FragileKernel extends MemoryKernel {
  refusal: string | undefined;
  deaf = false;

  override ping(heard: () => void): void {
    if (this.refusal !== undefined) throw new Error(this.refusal);
    if (!this.deaf) super.ping(heard);
  }
}

/** A daemon that is to give a sign of life every 10 s. */
function watched() {
  const clock = new ManualClock();
  const kernel = new FragileKernel(allLinks);
  const world = new ScriptedWorld(clock);
  const monitor = new Monitor(
    configuration(),
    { clock, kernel, open: world.openEcho, ask: world.ask },
    () => {},
  );
  monitor.start();
  const said: string[] = [];
  const watchdog = new Watchdog(10_000, {
    clock,
    kernel,
    monitor,
    alive: () => said.push(`${clock.now()} alive`),
    changed: (ailment) => said.push(`${clock.now()} ${ailment ?? 'well'}`),
  });
  const during = (span: number) => {
    const since = said.length;
    clock.advance(span);
    return said.slice(since);
  };
  return { clock, kernel, monitor, watchdog, said, during };
}

test('while all works, it says so four times in the time that it has', () => {
  const { said, during } = watched();
  during(10_000);
  assert.deepEqual(said, ['0 alive', '2500 alive', '5000 alive', '7500 alive', '10000 alive']);
});

test('while requests fail, it gives no sign of life, and says once why', () => {
  const { kernel, during } = watched();
  kernel.refusal = 'ping: EPROTO';
  during(2500);
  assert.deepEqual(during(10_000), ['5000 the kernel does not answer: ping: EPROTO']);
  kernel.refusal = undefined;
  during(2500);
  assert.deepEqual(during(2500), ['17500 alive', '17500 well']);
});

test('while the events are not heard, it gives no sign of life', () => {
  const { kernel, during } = watched();
  kernel.deaf = true;
  during(2500);
  assert.deepEqual(during(10_000), ['5000 the events of the kernel are not heard']);
});

test('probes that stand still are found', () => {
  const { monitor, during } = watched();
  const { member } = monitor.uplinks()[1] ?? {};
  assert.ok(member);
  Object.defineProperty(member, 'dueAt', { value: 4000 });
  assert.deepEqual(during(10_000), ['2500 alive', '5000 alive', '7500 the probes of Cable stand still']);
});

test('a moment in which all stood still is no ailment, a long one is, for one look', () => {
  const { clock, said, during } = watched();
  clock.leap(4000);
  assert.deepEqual(said, ['0 alive', '4000 alive']);
  clock.leap(9000);
  during(2500);
  assert.deepEqual(said.slice(2), ['13000 everything comes 6500 ms too late', '15500 alive', '15500 well']);
});

test('closed, it looks no more', () => {
  const { watchdog, during } = watched();
  watchdog.close();
  assert.deepEqual(during(10_000), []);
});
