import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { survey, type TargetReport } from '../../src/probe/survey.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ScriptedWorld, type World } from '../support/scripted-channel.ts';

const targets = ['198.19.0.1', '198.19.0.2', '198.19.0.3'];
const path = { device: 'eth1', index: 1, source: '198.18.1.2', mark: 1 };

function begin(world: World) {
  const clock = new ManualClock();
  const scripted = new ScriptedWorld(clock);
  scripted.world = world;
  const told: (readonly TargetReport[])[] = [];
  const means = { targets, timeout: 1000, clock, open: scripted.openEcho };
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
    survey(path, { targets, timeout: 1000, clock, open }, (reports) => told.push(reports));
    const failure = 'no probe socket on eth1: bind: ENODEV';
    assert.deepEqual(told, [targets.map((target) => ({ target, failure }))]);
    assert.equal(clock.pending, 0);
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
