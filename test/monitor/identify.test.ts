import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify } from '../../src/monitor/identify.ts';

const fibre = { interface: 'eth1', description: 'Fibre' };
const cable = { interface: 'eth2', description: 'Cable' };
const odd = { interface: 'eth3', description: 'eth1' };
const twin = { interface: 'eth4', description: 'Cable' };

test('an uplink is named by its description or its interface', () => {
  assert.equal(identify('Fibre', [fibre, cable]), fibre);
  assert.equal(identify('eth2', [fibre, cable]), cable);
  const both = { interface: 'eth5', description: 'eth5' };
  assert.equal(identify('eth5', [fibre, both]), both);
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
