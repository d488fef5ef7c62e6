import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Check, type CheckRules } from '../../src/probe/check.ts';

const six = ['198.19.0.1', '198.19.0.2', '198.19.0.3', '198.19.0.4', '198.19.0.5', '198.19.0.6'];
const rules: CheckRules = { needed: 4, attempts: 1, timeout: 500 };

describe('a check', () => {
  test('asks as many targets as must answer, in the given order, and no more', () => {
    const check = new Check(six, rules);
    assert.deepEqual(check.ask(0), six.slice(0, 4));
    assert.deepEqual(check.ask(0), []);
  });

  test('passes as soon as enough have answered', () => {
    const check = new Check(six, rules);
    for (const target of check.ask(0)) {
      assert.equal(check.verdict, undefined);
      check.answered(target);
    }
    assert.deepEqual(check.verdict, { passed: true, reason: '4 of 4 targets asked have answered, 4 needed' });
  });

  test('asks another target for each one that fails', () => {
    const check = new Check(six, rules);
    check.ask(0);
    check.failed('198.19.0.2', '"host unreachable" from 198.18.1.1');
    assert.deepEqual(check.ask(3), ['198.19.0.5']);
    assert.equal(check.verdict, undefined);
  });

  test('fails as soon as too few can still answer', () => {
    const check = new Check(six, rules);
    check.ask(0);
    assert.deepEqual(check.expire(499), []);
    assert.deepEqual(check.expire(500), six.slice(0, 4));
    assert.deepEqual(check.verdict, {
      passed: false,
      reason: 'no reply from 4 of 4 targets asked; 4 of 6 needed',
    });
  });

  test('names every kind of failure once', () => {
    const check = new Check(six, rules);
    check.ask(0);
    check.failed('198.19.0.1', '"host unreachable" from 198.18.1.1');
    check.failed('198.19.0.2', '"host unreachable" from 198.18.1.1');
    check.ask(1);
    check.expire(600);
    assert.match(
      check.verdict?.reason ?? '',
      /^"host unreachable" from 198\.18\.1\.1; no reply from 6 of 6 targets asked/,
    );
  });

  test('gives a target its next attempt after all others had their first', () => {
    const check = new Check(six.slice(0, 3), { needed: 1, attempts: 2, timeout: 500 });
    const asked: string[] = [];
    for (let now = 0; check.verdict === undefined; now += 500) {
      asked.push(...check.ask(now));
      check.expire(now + 500);
    }
    assert.deepEqual(asked, [...six.slice(0, 3), ...six.slice(0, 3)]);
    assert.equal(check.verdict.passed, false);
  });

  test('a late failure of an attempt that is over changes nothing', () => {
    const check = new Check(six, rules);
    check.ask(0);
    check.answered('198.19.0.1');
    check.failed('198.19.0.1', 'no reply');
    for (const target of six.slice(1, 4)) check.answered(target);
    assert.equal(check.verdict?.passed, true);
  });

  test('knows when the next attempt is over', () => {
    const check = new Check(six, rules);
    assert.equal(check.deadline, undefined);
    check.ask(10);
    check.failed('198.19.0.1', 'no reply');
    check.ask(200);
    assert.equal(check.deadline, 510);
    check.expire(510);
    assert.equal(check.deadline, 700);
  });
});

describe('for any targets that answer or not, a check', () => {
  const setting = fc.integer({ min: 1, max: 8 }).chain((count) =>
    fc.record({
      needed: fc.integer({ min: 1, max: count }),
      attempts: fc.integer({ min: 1, max: 3 }),
      // How many attempts each target leaves unanswered before it answers.
      silent: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: count, maxLength: count }),
    }),
  );

  test('passes exactly when enough targets answer within their attempts, and never asks more than needed', () => {
    fc.assert(
      fc.property(setting, ({ needed, attempts, silent }) => {
        const targets = silent.map((_, index) => `198.19.0.${index + 1}`);
        const check = new Check(targets, { needed, attempts, timeout: 100 });
        const made = new Map(targets.map((target) => [target, 0]));
        let now = 0;
        let rounds = 0;
        while (check.verdict === undefined) {
          assert.ok(rounds++ <= attempts * targets.length, 'it ends');
          const asked = check.ask(now);
          assert.ok(asked.length <= needed);
          for (const target of asked) {
            const attempt = (made.get(target) ?? 0) + 1;
            made.set(target, attempt);
            assert.ok(attempt <= attempts);
            if (attempt > (silent[targets.indexOf(target)] ?? 0)) check.answered(target);
          }
          now += 100;
          check.expire(now);
        }
        const able = silent.filter((count) => count < attempts).length;
        assert.equal(check.verdict.passed, able >= needed);
      }),
    );
  });
});
