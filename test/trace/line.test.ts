import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseConfiguration } from '../../src/config/load.ts';
import type { Input } from '../../src/probe/input.ts';
import { LineReader } from '../../src/trace/line-reader.ts';
import { LineWriter } from '../../src/trace/line-writer.ts';
import type { Beginning, TraceRecord } from '../../src/trace/record.ts';
import { absoluteTime, relativeTime } from '../../src/trace/relative-time.ts';
import { initialState } from '../../src/uplink/state.ts';

const { uplinks, tests } = parseConfiguration(
  'uplinks: [{interface: eth1, type: ppp, description: Fibre}, {interface: eth2, type: ppp, description: Cable}]',
  'two.conf',
);
const origin = {
  state: initialState({ routable: true, fault: 'no carrier on eth1' }, 'working', 0),
  override: undefined,
  routing: true,
};
const beginning: Beginning = {
  kind: 'began',
  configuration: { uplinks, tests },
  origins: [origin, origin],
  targets: [[], []],
  first: true,
  now: 1234.567891,
  time: 1_800_000_000_000,
};
const targets = ['198.19.0.1', '198.19.0.2', 'gateway'];

const time = fc.double({ min: 0, max: 1e10, noNaN: true, noDefaultInfinity: true });
const line = fc.constantFrom(0, 1);
const target = fc.constantFrom(...targets);
const asked = fc.array(
  fc.array(fc.oneof(fc.record({ target, sentAt: time }), fc.record({ target, failure: fc.string() })), {
    maxLength: 4,
  }),
  { maxLength: 3 },
);
const outcome = fc.oneof(fc.record({ rtt: time }), fc.record({ failure: fc.string() }));
const cause = fc.oneof(
  fc.constantFrom({ kind: 'time' } as const, { kind: 'restart' } as const),
  fc.record({ kind: fc.constant('outcome' as const), probe: fc.integer({ min: 1, max: 99 }), outcome }),
);
const input: fc.Arbitrary<Input<number>> = fc.oneof(
  fc.record({ kind: fc.constant('turn' as const), now: time, cause, asked, busy: fc.boolean() }),
  fc.record({ kind: fc.constant('paced' as const), hurried: fc.boolean(), now: time }),
  fc.record({ kind: fc.constant('inspected' as const), now: time }),
  fc.record({ kind: fc.constant('ended' as const) }),
);
const record: fc.Arbitrary<TraceRecord> = fc.oneof(
  fc.record({ kind: fc.constant('told' as const), line, input }),
  fc.record({ kind: fc.constant('decided' as const), now: time }),
  fc.record({
    kind: fc.constant('befell' as const),
    line,
    incident: fc.constantFrom(
      { kind: 'gateway-silent' } as const,
      { kind: 'attached', attachment: { routable: false, fault: 'no carrier on eth1' } } as const,
    ),
    now: time,
  }),
  fc.record({
    kind: fc.constant('overridden' as const),
    line,
    is: fc.constantFrom(undefined, { kind: 'down' } as const),
    now: time,
  }),
);
const begun = [0, 1].map(
  (one): TraceRecord => ({ kind: 'told', line: one, input: { kind: 'begun', targets, now: 2000 } }),
);

test('any records are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(record), (records) => {
      const all = [beginning, ...begun, ...records];
      const writer = new LineWriter();
      const reader = new LineReader();
      const read = all.map((one) => reader.record(writer.line(one)));
      assert.deepEqual(read, JSON.parse(JSON.stringify(all), revived));
      assert.deepEqual(
        read.flatMap((one) => ('now' in one ? one.now : [])),
        all.flatMap((one) => ('now' in one ? one.now : [])),
      );
    }),
  );
});

/** JSON knows no undefined: an override that is none. */
function revived(_: string, value: unknown): unknown {
  const one = value as Partial<TraceRecord> | undefined;
  return one?.kind === 'overridden' && !('is' in one) ? { ...one, is: undefined } : value;
}

test('a time is exactly the same again, whatever it refers to', () => {
  fc.assert(
    fc.property(time, time, (one, reference) => {
      assert.equal(absoluteTime(relativeTime(one, reference), reference), one);
    }),
  );
});

test('a time that the kernel has stamped is short', () => {
  assert.equal(String(relativeTime(123_456_789.123456, 123_456_539.000123)), '250.123333');
});

for (const [line, message] of [
  ['{}', 'it is no list'],
  ['["t",7,1]', 'there is no line 7'],
  ['["t",0,"x"', 'position|JSON|Expected'],
  ['["t",0,null]', 'null is no number'],
  ['["z",0,1]', 'nothing is called "z"'],
  ['["t",0,1,[[9,0]]]', 'a target that nobody has named'],
  ['["B",1,{}]', 'expected "began"'],
  ['["u",0,1,{"kind":"struck by lightning"}]', 'Invalid'],
  ['["B",9,{}]', 'it is of version 9, and 1 is known'],
] as const)
  test(`${line} is an error that says what is wrong`, () => {
    const reader = new LineReader();
    reader.record(new LineWriter().line(beginning));
    assert.throws(() => reader.record(line), new RegExp(message));
  });
