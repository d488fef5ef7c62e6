import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UplinkName } from '../../src/monitor/event.ts';
import { identify } from '../../src/monitor/identify.ts';

function line(device: string, description: string, family: 4 | 6 = 4): UplinkName {
  return { interface: device, family, description };
}

const fibre = line('eth1', 'Fibre');
const fibre6 = line('eth1', 'Fibre IPv6', 6);
const cable = line('eth2', 'Cable');
const odd = line('eth3', 'eth1');
const twin = line('eth4', 'Cable');

test('an uplink is named by its description or its interface', () => {
  assert.deepEqual(identify('Fibre', [fibre, cable]), [fibre]);
  assert.deepEqual(identify('eth2', [fibre, cable]), [cable]);
  const both = line('eth5', 'eth5');
  assert.deepEqual(identify('eth5', [fibre, both]), [both]);
});

test('an uplink has its lines of both families with it, unless one is named', () => {
  const all = [fibre, fibre6, cable];
  for (const word of ['Fibre', 'eth1']) {
    assert.deepEqual(identify(word, all), [fibre, fibre6]);
    assert.deepEqual(identify(`${word} IPv4`, all), [fibre]);
    assert.deepEqual(identify(`${word} IPv6`, all), [fibre6]);
  }
  assert.throws(() => identify('Cable IPv6', all), /there is no uplink "Cable IPv6"/);
});

for (const [word, uplinks, message] of [
  ['fibre', [fibre, cable], 'there is no uplink "fibre" (is Fibre meant?)'],
  ['satellite', [fibre, cable], 'there is no uplink "satellite" (there are Fibre, Cable)'],
  ['Cable', [cable, twin], '"Cable" may be the uplink on any of eth2, eth4: say which'],
  ['eth1', [fibre, odd], '"eth1" may be the uplink on any of eth1, eth3: say which'],
] as const) {
  test(`"${word}" among ${uplinks.length} uplinks is an error that helps`, () =>
    assert.throws(() => identify(word, uplinks), { name: 'Error', message }));
}
