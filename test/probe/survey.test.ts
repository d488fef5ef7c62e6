import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { survey, type TargetReport } from '../../src/probe/survey.ts';
import type { Target } from '../../src/probe/target.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ScriptedWorld, type World } from '../support/scripted-channel.ts';

const targets = ['198.19.0.1', '198.19.0.2', '198.19.0.3'];
const echoes = targets.map((address) => ({ method: 'echo', address }) as const);
const tcp = { method: 'tcp', address: '198.19.0.1', port: 443 } as const;
const path = { device: 'eth1', index: 1, source: '198.18.1.2', mark: 1 };

function begin(world: World, wanted: readonly Target[] = echoes, outcome?: ScriptedWorld['outcome']) {
  const clock = new ManualClock();
  const scripted = new ScriptedWorld(clock);
  scripted.world = world;
  if (outcome !== undefined) scripted.outcome = outcome;
  const told: (readonly TargetReport[])[] = [];
  const means = { targets: wanted, timeout: 1000, clock, open: scripted.openEcho, ask: scripted.ask };
  const end = survey(path, means, (reports) => told.push(reports));
  return { clock, scripted, told, end };
}

describe('a survey', () => {
  test('asks every target once, and is over when all have answered', () => {
    const { clock, scripted, told } = begin(({ target }) => Number(target.at(-1)) * 10);
    assert.deepEqual(
      scripted.sent.map(({ target }) => target),
      targets,
    );
    clock.advance(29);
    assert.deepEqual(told, []);
    clock.advance(1);
    assert.deepEqual(told, [targets.map((target, index) => ({ target, rtt: 10 * (index + 1) }))]);
    assert.deepEqual([clock.pending, scripted.open], [0, 0]);
  });

  test('says of each target why it has not answered', () => {
    const { clock, told, scripted } = begin(({ target }) => {
      if (target === targets[0]) return 'lost';
      return target === targets[1] ? { icmpError: 'host unreachable' } : 'forged';
    });
    clock.advance(1000);
    assert.deepEqual(told, [
      [
        { target: targets[0], failure: 'no reply' },
        { target: targets[1], failure: '"host unreachable" from 198.18.1.1' },
        { target: targets[2], failure: 'no reply' },
      ],
    ]);
    assert.deepEqual([clock.pending, scripted.open], [0, 0]);
  });

  test('counts what arrived in time although it was read late', () => {
    const { clock, told } = begin(({ target }) => (target === targets[2] ? 1500 : 900));
    clock.leap(2000);
    assert.deepEqual(told, [
      [
        { target: targets[0], rtt: 900 },
        { target: targets[1], rtt: 900 },
        { target: targets[2], failure: 'no reply' },
      ],
    ]);
  });

  test('says what the system refused to send', () => {
    const { clock, told } = begin(({ target }) => (target === targets[1] ? { refused: 'EPERM' } : 5));
    clock.advance(1000);
    assert.deepEqual(
      told[0]?.map((report) => ('rtt' in report ? report.rtt : report.failure)),
      [5, 'send EPERM', 'send EPERM'],
    );
  });

  test('says why there is no socket', () => {
    const clock = new ManualClock();
    const open = () => {
      throw new Error('bind: ENODEV');
    };
    const told: (readonly TargetReport[])[] = [];
    const means = {
      targets: [...echoes, tcp],
      timeout: 1000,
      clock,
      open,
      ask: new ScriptedWorld(clock).ask,
    };
    survey(path, means, (reports) => told.push(reports));
    clock.advance(1);
    const failure = 'no probe socket on eth1: bind: ENODEV';
    assert.deepEqual(told, [
      [...targets.map((target) => ({ target, failure })), { target: 'tcp 198.19.0.1:443', rtt: 1 }],
    ]);
    assert.equal(clock.pending, 0);
  });

  test('asks each target as its kind wants it, and ends what is not answered', () => {
    const [echo] = echoes as [Target];
    const wanted = [tcp, echo, { method: 'neighbour' }] as const;
    const { clock, scripted, told } = begin(
      () => 5,
      wanted,
      ({ method }) => (method === 'tcp' ? { failure: 'connection refused' } : undefined),
    );
    assert.equal(scripted.asking.size, 2);
    clock.advance(1000);
    assert.deepEqual(told, [
      [
        { target: 'tcp 198.19.0.1:443', failure: 'connection refused' },
        { target: '198.19.0.1', rtt: 5 },
        { target: 'gateway', failure: 'no word' },
      ],
    ]);
    assert.deepEqual([clock.pending, scripted.open, scripted.asking.size], [0, 0, 0]);
  });

  test('opens no socket when nothing is pinged', () => {
    const { scripted, clock, told } = begin(() => 5, [tcp]);
    assert.deepEqual(scripted.opened, []);
    clock.advance(1);
    assert.equal(told.length, 1);
  });

  test('can be ended, once', () => {
    const { clock, scripted, told, end } = begin(({ target }) => (target === targets[0] ? 5 : 'lost'));
    clock.advance(100);
    end();
    end();
    clock.advance(2000);
    assert.deepEqual(
      told.map((reports) => reports.map((report) => ('rtt' in report ? report.rtt : report.failure))),
      [[5, 'given up', 'given up']],
    );
    assert.deepEqual([clock.pending, scripted.open], [0, 0]);
  });
});
