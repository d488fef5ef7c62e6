import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemoryKernel } from '../../src/kernel/memory.ts';
import type { Rule } from '../../src/network/rule.ts';
import type { WantedState } from '../../src/plan/plan.ts';
import { formatOperation } from '../../src/reconcile/operation.ts';
import { Reconciler } from '../../src/reconcile/reconciler.ts';
import { TokenBucket } from '../../src/reconcile/token-bucket.ts';
import { ManualClock } from '../support/manual-clock.ts';

const rule: Rule = { family: 4, priority: 40000, table: 1, protocol: 70 };
const wanted: WantedState = { families: [4], tables: [1], routes: [], rules: [rule], sysctls: [] };

class Flawed extends MemoryKernel {
  failing: string | undefined;
  unreadable = false;
  looks = 0;

  override addRule(one: Rule): void {
    if (this.failing !== undefined)
      throw Object.assign(new Error(`add rule: ${this.failing}`), { code: this.failing });
    super.addRule(one);
  }

  override rules(): Rule[] {
    this.looks++;
    if (this.unreadable) throw new Error('dump rules: EBUSY');
    return super.rules();
  }
}

function laboratory() {
  const clock = new ManualClock();
  const kernel = new Flawed([]);
  const told: string[] = [];
  const reconciler = new Reconciler(kernel, clock, {
    reconciled: (outcomes, cause) => {
      for (const { operation, error } of outcomes) {
        told.push(
          `${clock.now()} ${cause}: ${formatOperation(operation)}${error ? ` failed: ${error.message}` : ''}`,
        );
      }
    },
    unreadable: (error) => told.push(`${clock.now()} ${error.message}`),
  });
  return { clock, kernel, told, reconciler };
}

const add = 'rule add 40000: from all lookup 1 proto 70';

describe('the reconciler', () => {
  test('brings the kernel into the wanted state at once, and says so', () => {
    const { told, reconciler } = laboratory();
    reconciler.want(wanted);
    assert.deepEqual(told, [`0 decision: ${add}`]);
  });

  test('says nothing when all is as wanted', () => {
    const { clock, told, reconciler } = laboratory();
    reconciler.want(wanted);
    reconciler.want(wanted);
    clock.advance(100_000);
    assert.equal(told.length, 1);
  });

  test('repairs soon, and once for many events', () => {
    const { clock, kernel, told, reconciler } = laboratory();
    reconciler.want(wanted);
    kernel.deleteRule(rule);
    for (let event = 0; event < 50; event++) reconciler.repair();
    const looks = kernel.looks;
    clock.advance(10_000);
    assert.deepEqual(told.slice(1), [`5 repair: ${add}`]);
    assert.equal(kernel.looks, looks + 1);
  });

  test('does not fight: after ten repairs in a row there is one a second', () => {
    const { clock, kernel, told, reconciler } = laboratory();
    reconciler.want(wanted);
    for (let round = 0; round < 1000; round++) {
      kernel.deleteRule(rule);
      reconciler.repair();
      clock.advance(100);
    }
    assert.ok(told.length > 100 && told.length < 115, `${told.length} repairs in 100 s`);
  });

  test('finds by itself what no event has told', () => {
    const { clock, kernel, told, reconciler } = laboratory();
    reconciler.want(wanted);
    kernel.deleteRule(rule);
    clock.advance(30_000);
    assert.deepEqual(told.slice(1), [`30000 periodic: ${add}`]);
  });

  test('tries again what has failed, with growing pauses, and tells of it once', () => {
    const { clock, kernel, told, reconciler } = laboratory();
    kernel.failing = 'EPERM';
    reconciler.want(wanted);
    clock.advance(2000);
    kernel.failing = undefined;
    clock.advance(3000);
    assert.deepEqual(told, [`0 decision: ${add} failed: add rule: EPERM`, `3750 retry: ${add}`]);
  });

  test('takes what is there already for done', () => {
    const { kernel, told, reconciler } = laboratory();
    kernel.failing = 'EEXIST';
    reconciler.want(wanted);
    assert.deepEqual(told, [`0 decision: ${add}`]);
  });

  test('survives a kernel that cannot be read', () => {
    const { clock, kernel, told, reconciler } = laboratory();
    kernel.unreadable = true;
    reconciler.want(wanted);
    kernel.unreadable = false;
    clock.advance(250);
    assert.deepEqual(told, ['0 dump rules: EBUSY', `250 retry: ${add}`]);
  });

  test('leaves nothing behind when closed', () => {
    const { clock, reconciler } = laboratory();
    reconciler.want(wanted);
    reconciler.repair();
    reconciler.close();
    assert.equal(clock.pending, 0);
  });
});

test('a token bucket lets so many through at once, and then one each so often', () => {
  const bucket = new TokenBucket(3, 100, 0);
  assert.deepEqual(
    Array.from({ length: 5 }, () => bucket.take(0)),
    [0, 0, 0, 100, 200],
  );
  assert.equal(bucket.take(10_000), 10_000);
});
