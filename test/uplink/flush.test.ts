import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Carrier, type Flush, flushes, type Ledger } from '../../src/uplink/flush.ts';

function carrier(name: string, change: Partial<Carrier> = {}): Carrier {
  const rules = { onFailure: 'flush', onReturn: 'keep' } as const;
  return {
    name,
    family: 4,
    able: true,
    selected: true,
    drained: false,
    ip: '198.18.1.2',
    ...rules,
    ...change,
  };
}

/** What is forgotten after each of these decisions. */
function after(...decisions: readonly (readonly Carrier[])[]): string[][] {
  let ledger: Ledger = new Map();
  return decisions.map((now) => {
    const { due, ledger: next } = flushes(ledger, now);
    ledger = next;
    return due.map(({ name, cause }: Flush) => `${name} ${cause}`);
  });
}

const fibre = carrier('fibre');
const dead = carrier('fibre', { able: false, selected: false });
const lte = carrier('lte', { ip: '198.18.2.2', selected: false });
const active = { ...lte, selected: true };

describe('connections', () => {
  test('are forgotten once when their line has failed and another works', () => {
    assert.deepEqual(after([fibre, lte], [dead, active], [dead, active], [fibre, lte]), [
      [],
      ['fibre failed'],
      [],
      [],
    ]);
  });

  test('stay as long as there is nowhere to go, and go when there is', () => {
    const down = { ...lte, able: false };
    const last = { ...dead, selected: true };
    assert.deepEqual(after([fibre, down], [last, down], [last, down], [dead, active]), [
      [],
      [],
      [],
      ['fibre failed'],
    ]);
    assert.deepEqual(after([fibre, down], [last, down], [fibre, down], [fibre, lte]), [[], [], [], []]);
  });

  test('stay where the configuration says so', () => {
    const keep = { onFailure: 'keep' } as const;
    assert.deepEqual(after([{ ...fibre, ...keep }, lte], [{ ...dead, ...keep }, active]), [[], []]);
  });

  test('of a line with another address are forgotten, also when it had gone in between', () => {
    assert.deepEqual(after([active], [{ ...active, ip: '198.18.2.9' }]), [[], ['lte address']]);
    const gone = { ...active, able: false, ip: undefined };
    assert.deepEqual(after([active], [gone], [{ ...active, ip: '198.18.2.9' }]), [[], [], ['lte address']]);
    assert.deepEqual(after([active], [gone], [active]), [[], [], []]);
  });

  test('that fled are moved back, where the line that is back says so', () => {
    const move = { onReturn: 'move' } as const;
    const back = { ...fibre, ...move };
    const away = { ...dead, ...move };
    assert.deepEqual(after([away, active], [back, lte]), [[], ['lte return']]);
    assert.deepEqual(after([dead, active], [fibre, lte]), [[], []], 'by default they stay');
    assert.deepEqual(after([away, active], [back, active]), [[], []], 'nobody gives way');
    assert.deepEqual(after([away, active], [back, { ...lte, drained: true }]), [[], []]);
  });

  test('of another family have nothing to do with it', () => {
    const other = carrier('lte IPv6', { family: 6, ip: '2001:db8::2' });
    assert.deepEqual(after([fibre, { ...lte, able: false }, other], [dead, { ...lte, able: false }, other]), [
      [],
      [],
    ]);
  });

  test('of a line that is new, or there at the start, are left alone', () => {
    assert.deepEqual(after([dead, active]), [[]]);
    assert.deepEqual(after([active], [dead, active]), [[], []]);
  });
});

const family = fc.constantFrom(4 as const, 6 as const);
const decision = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    family,
    able: fc.boolean(),
    selected: fc.boolean(),
    drained: fc.boolean(),
    ip: fc.option(fc.constantFrom('198.18.1.2', '198.18.1.3'), { nil: undefined }),
    onFailure: fc.constantFrom('flush' as const, 'keep' as const),
    onReturn: fc.constantFrom('keep' as const, 'move' as const),
  }),
  { selector: ({ name }) => name },
);

test('connections are forgotten only where a line of the family carries new ones and works or is chosen', () => {
  fc.assert(
    fc.property(fc.array(decision, { maxLength: 8 }), (decisions) => {
      let ledger: Ledger = new Map();
      for (const now of decisions) {
        const { due, ledger: next } = flushes(ledger, now);
        for (const { name, cause } of due) {
          const line = now.find((one) => one.name === name);
          assert.ok(line !== undefined && ledger.has(name));
          assert.ok(now.some((other) => other.family === line.family && other.selected));
          if (cause === 'failed') assert.ok(!line.able && line.onFailure === 'flush');
          if (cause === 'address') assert.equal(line.onFailure, 'flush');
          if (cause === 'return') assert.ok(line.able && !line.selected && !line.drained);
        }
        ledger = next;
      }
    }),
  );
});

test('the same decision again forgets nothing', () => {
  fc.assert(
    fc.property(fc.array(decision, { minLength: 1, maxLength: 5 }), (decisions) => {
      const last = decisions.at(-1) ?? [];
      assert.deepEqual(after(...decisions, last, last).at(-1), []);
    }),
  );
});
