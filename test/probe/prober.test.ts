import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ProbePlan, Prober } from '../../src/probe/prober.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ScriptedWorld } from '../support/scripted-channel.ts';

const targets = ['198.19.0.1', '198.19.0.2', '198.19.0.3', '198.19.0.4', '198.19.0.5', '198.19.0.6'];
const path = { device: 'eth1', index: 5, source: '198.18.1.2', mark: 1 };

function laboratory(change: Partial<ProbePlan> = {}) {
  const clock = new ManualClock();
  const world = new ScriptedWorld(clock);
  const verdicts: string[] = [];
  const lost: string[] = [];
  let stalls = 0;
  const plan = { targets, rules: { needed: 4, attempts: 1, timeout: 500 }, interval: 1000, ...change };
  const prober = new Prober(plan, clock, world.openEcho, {
    probed: ({ target, failure }) => failure !== undefined && lost.push(target),
    verdict: ({ passed, reason }) =>
      verdicts.push(`${clock.now()} ${passed ? 'passed' : `failed: ${reason}`}`),
    stalled: () => stalls++,
  });
  return { clock, world, verdicts, lost, prober, stalls: () => stalls };
}

describe('a prober', () => {
  test('checks at once, and then once an interval', () => {
    const { clock, verdicts, prober } = laboratory();
    prober.follow(path);
    clock.advance(2500);
    assert.deepEqual(verdicts, ['1 passed', '1001 passed', '2001 passed']);
  });

  test('asks the needed number of targets, in another order each time', () => {
    const { clock, world, prober } = laboratory();
    prober.follow(path);
    clock.advance(99_500);
    assert.equal(world.sent.length, 400);
    const firsts = world.sent.filter((_, index) => index % 4 === 0).map(({ target }) => target);
    assert.deepEqual([...new Set(firsts)].toSorted(), targets);
  });

  test('leaves a silent line after one timeout, and finds it again at the next check', () => {
    const { clock, world, verdicts, prober } = laboratory();
    world.world = () => 'lost';
    prober.follow(path);
    clock.advance(900);
    world.world = () => 20;
    clock.advance(600);
    assert.deepEqual(verdicts, [
      '500 failed: no reply from 4 of 4 targets asked; 4 of 6 needed',
      '1020 passed',
    ]);
  });

  test('waits for no timeout when an ICMP error says enough', () => {
    const { clock, world, verdicts, prober } = laboratory();
    world.world = () => ({ icmpError: 'host unreachable' });
    prober.follow(path);
    clock.advance(100);
    assert.equal(verdicts.length, 1);
    assert.match(verdicts[0] ?? '', /^1 failed: "host unreachable" from 198\.18\.1\.1/);
  });

  test('asks another target at once in place of one that an ICMP error speaks against', () => {
    const { clock, world, verdicts, prober } = laboratory();
    let errors = 2;
    world.world = () => (errors-- > 0 ? { icmpError: 'host unreachable' } : 5);
    prober.follow(path);
    clock.advance(100);
    assert.deepEqual(verdicts, ['6 passed']);
    assert.equal(world.sent.length, 6);
  });

  test('knows at once when nothing can be sent, and says why', () => {
    const { clock, world, verdicts, prober } = laboratory();
    world.world = () => ({ refused: 'ENETUNREACH' });
    prober.follow(path);
    clock.advance(100);
    assert.deepEqual(verdicts, ['0 failed: send ENETUNREACH from 4 of 4 targets asked; 4 of 6 needed']);
  });

  test('takes a full queue for a lost packet, not for a dead line', () => {
    const { clock, world, verdicts, prober } = laboratory({
      rules: { needed: 4, attempts: 2, timeout: 500 },
    });
    let full = true;
    world.world = () => (full ? { refused: 'ENOBUFS' } : 5);
    prober.follow(path);
    clock.advance(499);
    full = false;
    clock.advance(100);
    assert.deepEqual(verdicts, ['505 passed']);
  });

  test('does not count a reply that took longer than the timeout', () => {
    const { clock, world, verdicts, prober } = laboratory({ interval: 5000 });
    world.world = () => 501;
    prober.follow(path);
    clock.advance(900);
    assert.equal(verdicts.length, 1);
    assert.match(verdicts[0] ?? '', /^500 failed/);
  });

  test('does not count a reply without the token', () => {
    const { clock, world, verdicts, prober } = laboratory();
    world.world = () => 'forged';
    prober.follow(path);
    clock.advance(600);
    assert.deepEqual(verdicts, ['500 failed: no reply from 4 of 4 targets asked; 4 of 6 needed']);
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
    assert.match(verdicts.join(), /^700 failed: no reply/);
  });

  test('begins anew after the machine stood still: nobody could answer a machine that slept', () => {
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
    const { clock, world, prober } = laboratory();
    prober.follow(path);
    clock.advance(990);
    clock.leap(40);
    clock.advance(1500);
    const starts = [...new Set(world.sent.map(({ at }) => at))];
    assert.deepEqual(starts, [0, 1030, 2000]);
  });

  test('checks every second while hurried, and by its interval again afterwards', () => {
    const { clock, world, prober } = laboratory({ interval: 60_000 });
    prober.follow(path);
    clock.advance(100);
    prober.hurry(true);
    clock.advance(3000);
    prober.hurry(false);
    clock.advance(50_000);
    const starts = [...new Set(world.sent.map(({ at }) => at))];
    assert.deepEqual(starts.slice(0, 4), [0, 1000, 2000, 3000]);
    assert.ok(starts.length <= 5);
  });

  test('is in a hurry about a new path until it works, but not for ever', () => {
    const { clock, world, verdicts, prober } = laboratory({ interval: 300_000 });
    world.world = () => 'lost';
    prober.follow(path);
    clock.advance(3900);
    assert.equal(verdicts.length, 4);
    world.world = () => 20;
    clock.advance(200_000);
    assert.deepEqual(verdicts.slice(4), ['4020 passed']);
    prober.follow({ ...path, index: 6 });
    world.world = () => 'lost';
    clock.advance(290_000);
    assert.ok(verdicts.length > 60 && verdicts.length < 70, `${verdicts.length} checks`);
  });

  test('takes another path at once, with a socket of its own', () => {
    const { clock, world, prober } = laboratory({ interval: 60_000 });
    prober.follow(path);
    clock.advance(100);
    prober.follow({ ...path, index: 9, source: '198.18.1.3' });
    clock.advance(100);
    assert.deepEqual(
      world.opened.map(({ index }) => index),
      [5, 9],
    );
    assert.equal(world.open, 1);
    assert.equal(world.sent.length, 8);
  });

  test('goes on undisturbed when the path stays the same', () => {
    const { clock, world, prober } = laboratory();
    prober.follow(path);
    clock.advance(100);
    prober.follow({ ...path });
    clock.advance(100);
    assert.equal(world.opened.length, 1);
    assert.equal(world.sent.length, 4);
  });

  test('rests without a path, and leaves nothing open', () => {
    const { clock, world, verdicts, prober } = laboratory();
    prober.follow(path);
    clock.advance(100);
    prober.follow(undefined);
    clock.advance(10_000);
    assert.equal(verdicts.length, 1);
    assert.equal(world.open, 0);
    assert.equal(clock.pending, 0);
  });

  test('tells why it cannot open a socket, and tries again', () => {
    const { clock, world, verdicts } = laboratory();
    let broken = true;
    const prober = new Prober(
      { targets, rules: { needed: 4, attempts: 1, timeout: 500 }, interval: 1000 },
      clock,
      (...all) => {
        if (broken) throw new Error('bind EADDRNOTAVAIL: address not available');
        return world.openEcho(...all);
      },
      { probed() {}, verdict: ({ reason }) => verdicts.push(`${clock.now()} ${reason}`), stalled() {} },
    );
    prober.follow(path);
    clock.advance(10);
    broken = false;
    clock.advance(1000);
    assert.deepEqual(verdicts, [
      '0 no probe socket on eth1: bind EADDRNOTAVAIL: address not available',
      '1001 4 of 4 targets asked have answered, 4 needed',
    ]);
  });
});
