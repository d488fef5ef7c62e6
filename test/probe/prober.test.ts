import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DetectorRules } from '../../src/probe/detector.ts';
import { Prober } from '../../src/probe/prober.ts';
import { type Target, targetName } from '../../src/probe/target.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ScriptedWorld } from '../support/scripted-channel.ts';

const addresses = ['198.19.0.1', '198.19.0.2', '198.19.0.3', '198.19.0.4', '198.19.0.5', '198.19.0.6'];
const targets = addresses.map((address) => ({ method: 'echo', address }) as const);
const path = { device: 'eth1', index: 5, source: '198.18.1.2', mark: 1 };

function laboratory(change: Partial<DetectorRules> = {}, wanted: readonly Target[] = targets) {
  const clock = new ManualClock();
  const world = new ScriptedWorld(clock);
  const verdicts: string[] = [];
  const lost: string[] = [];
  const failures: string[] = [];
  let stalls = 0;
  const interval = change.interval ?? 1000;
  const rules = {
    needed: 4,
    attempts: 1,
    timeout: 500,
    interval,
    silence: 0.4 * interval,
    leaving: { loss: 0.2 },
    returning: { loss: 0.05 },
    ...change,
  };
  /** Bytes that the interface receives in a second. */
  const traffic = { rate: 0 };
  const means = {
    clock,
    open: world.openEcho,
    ask: world.ask,
    received: () => (traffic.rate * clock.now()) / 1000,
  };
  const prober = new Prober({ targets: wanted, rules }, means, {
    probed: ({ target, failure }) => {
      if (failure === undefined) return;
      lost.push(target);
      failures.push(failure);
    },
    verdict: ({ passed, reason }) =>
      verdicts.push(`${Math.round(clock.now())} ${passed ? 'passed' : `failed: ${reason}`}`),
    alarmed() {},
    stalled: () => stalls++,
  });
  /** Until the line is believed to work. */
  const settled = () => {
    prober.follow(path);
    clock.advance(100);
    assert.match(verdicts.splice(0).join(), /passed$/);
  };
  return { clock, world, verdicts, lost, failures, prober, traffic, settled, stalls: () => stalls };
}

describe('a prober', () => {
  test('probes at once, and says once an interval how it stands', () => {
    const { clock, verdicts, prober } = laboratory();
    prober.follow(path);
    clock.advance(2500);
    assert.deepEqual(verdicts, ['1 passed', '1001 passed', '2001 passed']);
  });

  test('spreads as many probes as must be answered evenly over the interval, and over the targets', () => {
    const { clock, world, settled } = laboratory();
    settled();
    const before = world.sent.length;
    clock.advance(60_000);
    const sent = world.sent.slice(before);
    assert.equal(sent.length, 240);
    for (const address of addresses) assert.equal(sent.filter(({ target }) => target === address).length, 40);
    const gaps = sent.slice(1).map(({ at }, index) => Math.round(at - (sent[index]?.at ?? 0)));
    assert.deepEqual([...new Set(gaps)], [250]);
  });

  test('leaves a line that falls silent, and comes back to it', () => {
    const { clock, world, verdicts, settled } = laboratory();
    settled();
    world.world = () => 'lost';
    clock.advance(700);
    assert.equal(verdicts.length, 1);
    assert.match(verdicts[0] ?? '', /failed: no reply from 6 of 6 targets for 0\.4 s, 4 needed$/);
    clock.advance(10_000);
    verdicts.splice(0);
    world.world = () => 5;
    clock.advance(600);
    assert.match(verdicts.at(-1) ?? '', /passed$/);
  });

  test('waits for no timeout when ICMP errors say enough', () => {
    const { clock, world, verdicts, prober } = laboratory();
    world.world = () => ({ icmpError: 'host unreachable' });
    prober.follow(path);
    clock.advance(100);
    assert.equal(verdicts.length, 1);
    assert.match(verdicts[0] ?? '', /^1 failed: "host unreachable" from 198\.18\.1\.1/);
  });

  test('does not leave a line for targets that are not needed', () => {
    const { clock, world, verdicts, prober } = laboratory();
    world.world = ({ target }) => (addresses.indexOf(target) < 2 ? { icmpError: 'host unreachable' } : 5);
    prober.follow(path);
    clock.advance(30_000);
    assert.ok(verdicts.length > 20);
    assert.ok(verdicts.every((verdict) => verdict.endsWith('passed')));
  });

  test('knows at once when nothing can be sent, and says why', () => {
    const { clock, world, verdicts, prober } = laboratory();
    world.world = () => ({ refused: 'ENETUNREACH' });
    prober.follow(path);
    clock.advance(100);
    assert.deepEqual(verdicts, ['0 failed: send ENETUNREACH from 6 of 6 targets, 4 needed']);
  });

  test('takes a full queue for lost packets, not for a dead line', () => {
    const { clock, world, verdicts, settled } = laboratory();
    settled();
    world.world = () => ({ refused: 'ENOBUFS' });
    clock.advance(300);
    world.world = () => 5;
    clock.advance(2000);
    assert.ok(
      verdicts.every((verdict) => verdict.endsWith('passed')),
      verdicts.join(),
    );
  });

  test('does not count a reply that took longer than the timeout', () => {
    const { clock, world, verdicts, prober } = laboratory({ interval: 5000 });
    world.world = () => 501;
    prober.follow(path);
    clock.advance(900);
    assert.equal(verdicts.length, 1);
    assert.match(verdicts[0] ?? '', /^500 failed: no reply/);
  });

  test('does not count a reply without the token', () => {
    const { clock, world, verdicts, prober } = laboratory();
    world.world = () => 'forged';
    prober.follow(path);
    clock.advance(600);
    assert.deepEqual(verdicts, ['500 failed: no reply from 6 of 6 targets for 0.5 s, 4 needed']);
  });

  test('waits for the replies of a line that is full: its interface tells', () => {
    const { clock, world, verdicts, traffic, settled } = laboratory({ timeout: 2000 });
    traffic.rate = 100_000;
    settled();
    clock.advance(5000);
    world.world = () => 800;
    clock.advance(60_000);
    world.world = () => 20;
    clock.advance(5000);
    assert.ok(verdicts.length > 50);
    assert.deepEqual(
      verdicts.filter((verdict) => !verdict.endsWith('passed')),
      [],
    );
  });

  test('leaves a full line that falls silent for good after the timeout, though data go on to arrive', () => {
    const { clock, world, verdicts, traffic, settled } = laboratory({ timeout: 2000 });
    traffic.rate = 100_000;
    settled();
    clock.advance(5000);
    verdicts.splice(0);
    world.world = () => 'lost';
    clock.advance(3000);
    assert.ok(
      verdicts.some((verdict) => verdict.includes('failed: no reply')),
      verdicts.join(),
    );
  });

  test('does not take its own lateness for loss: replies wait in the socket', () => {
    const { clock, world, verdicts, prober } = laboratory();
    world.world = () => 20;
    prober.follow(path);
    clock.advance(0);
    clock.leap(700);
    assert.deepEqual(verdicts, ['700 passed']);
  });

  test('does not take a late look for a fast reply: the kernel has stamped it', () => {
    const { clock, world, verdicts, prober } = laboratory();
    world.world = () => 600;
    prober.follow(path);
    clock.advance(0);
    clock.leap(700);
    clock.advance(600);
    assert.match(verdicts.join(), /^\d+ failed: no reply/);
  });

  test('asks anew after the machine stood still: nobody could answer a machine that slept', () => {
    const { clock, world, verdicts, prober, stalls } = laboratory({ interval: 60_000 });
    world.world = () => 'lost';
    prober.follow(path);
    clock.advance(0);
    world.world = () => 20;
    clock.leap(30_000);
    clock.advance(100);
    assert.deepEqual([stalls(), verdicts], [1, ['30020 passed']]);
  });

  test('believes what it sees when it stands still again and again', () => {
    const { clock, world, verdicts, prober, stalls } = laboratory({ interval: 60_000 });
    world.world = () => 'lost';
    prober.follow(path);
    clock.advance(0);
    clock.leap(5000);
    clock.leap(5000);
    assert.deepEqual([stalls(), verdicts.length], [1, 1]);
    assert.match(verdicts[0] ?? '', /^10000 failed/);
  });

  test('keeps the grid of its interval when a timer is late', () => {
    const { clock, world, settled } = laboratory();
    settled();
    clock.advance(140);
    const before = world.sent.length;
    clock.leap(40);
    clock.advance(720);
    assert.deepEqual(
      world.sent.slice(before).map(({ at }) => Math.round(at)),
      [280, 500, 750, 1000],
    );
  });

  test('probes as if by the second while hurried, and by its interval again afterwards', () => {
    const { clock, world, settled, prober } = laboratory({ interval: 60_000 });
    settled();
    const before = world.sent.length;
    prober.hurry(true);
    clock.advance(3000);
    const hurried = world.sent.length - before;
    assert.ok(hurried >= 12 && hurried <= 13, `${hurried} probes`);
    prober.hurry(false);
    clock.advance(50_000);
    assert.ok(world.sent.length - before - hurried <= 5);
  });

  test('is in a hurry about a new path until it works, but not for ever', () => {
    const { clock, world, verdicts, prober } = laboratory({ interval: 300_000 });
    world.world = () => 'lost';
    prober.follow(path);
    clock.advance(3900);
    assert.equal(verdicts.length, 4);
    world.world = () => 20;
    clock.advance(200_000);
    assert.deepEqual(
      verdicts.slice(4).map((verdict) => verdict.replace(/^\d+ /, '')),
      ['passed'],
    );
    prober.follow({ ...path, index: 6 });
    world.world = () => 'lost';
    clock.advance(290_000);
    assert.ok(verdicts.length > 60 && verdicts.length < 70, `${verdicts.length} verdicts`);
  });

  test('takes another path at once, with a socket of its own', () => {
    const { clock, world, prober } = laboratory({ interval: 60_000 });
    prober.follow(path);
    clock.advance(100);
    const before = world.sent.length;
    prober.follow({ ...path, index: 9, source: '198.18.1.3' });
    clock.advance(100);
    assert.deepEqual(
      world.opened.map(({ index }) => index),
      [5, 9],
    );
    assert.equal(world.open, 1);
    assert.equal(world.sent.length - before, 6);
  });

  test('goes on undisturbed when the path stays the same', () => {
    const { clock, world, settled, prober } = laboratory();
    settled();
    const before = world.sent.length;
    prober.follow({ ...path });
    clock.advance(100);
    assert.equal(world.opened.length, 1);
    assert.equal(world.sent.length, before);
  });

  test('rests without a path, and leaves nothing open', () => {
    const { clock, world, verdicts, settled, prober } = laboratory();
    settled();
    prober.follow(undefined);
    clock.advance(10_000);
    assert.deepEqual(verdicts, []);
    assert.equal(world.open, 0);
    assert.equal(clock.pending, 0);
  });

  test('tells why it cannot open a socket, and tries again', () => {
    const { clock, world, verdicts, prober } = laboratory();
    let broken = true;
    world.refusal = () => (broken ? new Error('bind EADDRNOTAVAIL: address not available') : undefined);
    prober.follow(path);
    clock.advance(10);
    broken = false;
    clock.advance(1000);
    assert.match(verdicts[0] ?? '', /^0 failed: no probe socket on eth1: bind EADDRNOTAVAIL/);
    assert.match(verdicts.at(-1) ?? '', /passed$/);
  });
});

describe('a prober of targets that are not pinged', () => {
  const mixed: Target[] = [
    ...targets.slice(0, 2),
    { method: 'tcp', address: '198.19.0.1', port: 443 },
    { method: 'dns', server: '198.19.0.1', name: 'example.com', type: 'A' },
    { method: 'http', url: 'http://198.19.0.1/', resolvers: [] },
    { method: 'neighbour' },
  ];

  test('asks all of them, and each counts as one', () => {
    const { clock, world, verdicts, prober } = laboratory({ needed: 6 }, mixed);
    prober.follow(path);
    clock.advance(100);
    assert.deepEqual(new Set(world.sent.map(({ target }) => target)), new Set(mixed.map(targetName)));
    assert.match(verdicts.join(), /passed$/);
  });

  test('leaves a line on which too few of them answer', () => {
    const { clock, world, verdicts, prober, settled } = laboratory({}, mixed);
    settled();
    world.outcome = () => ({ failure: 'connection refused' });
    clock.advance(2000);
    assert.match(verdicts[0] ?? '', /failed: connection refused from \d of 6 targets/);
    prober.close();
    assert.equal(clock.pending, 0);
  });

  test('ends what is not answered in its time, and says what it has waited for', () => {
    const { clock, world, failures, prober, settled } = laboratory({}, mixed);
    settled();
    world.outcome = () => undefined;
    clock.advance(20_000);
    assert.ok(failures.includes('no word'), failures.join());
    assert.ok(world.asking.size > 0);
    prober.follow(undefined);
    assert.deepEqual([world.asking.size, clock.pending, world.open], [0, 0, 0]);
  });

  test('begins anew what was under way when the machine stood still', () => {
    const { clock, world, prober, stalls } = laboratory({}, mixed.slice(2));
    world.outcome = () => undefined;
    prober.follow(path);
    clock.advance(1);
    const before = [...world.asking];
    clock.leap(5000);
    assert.equal(stalls(), 1);
    assert.ok(before.length > 0 && before.every((inquiry) => !world.asking.has(inquiry)));
  });

  test('opens no socket when nothing is pinged', () => {
    const { clock, world, verdicts, prober } = laboratory({}, mixed.slice(2));
    prober.follow(path);
    clock.advance(100);
    assert.match(verdicts.join(), /passed$/);
    assert.deepEqual(world.opened, []);
  });
});
