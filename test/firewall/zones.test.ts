import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfiguration } from '../../src/config/load.ts';
import { unfit, zonesOf } from '../../src/firewall/zones.ts';

const fixed = { type: 'static', ip: '198.18.1.2', gateway: '198.18.1.1', description: 'Fibre' };
const dialled = { type: 'ppp', description: 'DSL' };

function configuration(interfaces: [string, string], downlinks: object) {
  const [first, second] = interfaces;
  const uplinks = [
    { interface: first, ...fixed },
    { interface: second, ...dialled },
  ];
  return parseConfiguration(JSON.stringify({ uplinks, downlinks, base_fwmark: 256 }), 'a file');
}

test('zones are the uplinks with their marks, and the networks behind the router', () => {
  assert.deepEqual(zonesOf(configuration(['eth1', 'ppp0'], { lan: 'eth0', dmz: 'eth4' })), {
    wan: [
      { interface: 'eth1', label: '"Fibre"', mark: 256, address: '198.18.1.2' },
      { interface: 'ppp0', label: '"DSL"', mark: 257 },
    ],
    inner: [
      { zone: 'LAN', interface: 'eth0' },
      { zone: 'DMZ', interface: 'eth4' },
    ],
    markMask: 0xffff_ffff,
  });
});

describe('unfit for firewall rules', () => {
  const complaints = (...values: Parameters<typeof configuration>) =>
    unfit(configuration(...values)).map(({ path, message }) => `${path}: ${message}`);

  test('is no usual name', () => {
    assert.deepEqual(complaints(['eth1.100', 'ppp-a_b@c'], { lan: 'br0', dmz: 'wlp3s0' }), []);
  });

  test('is a site without LAN', () => {
    assert.deepEqual(complaints(['eth1', 'ppp0'], { dmz: 'eth4' }), [
      'downlinks.lan: missing: firewall rules need the interface of the LAN',
    ]);
  });

  test('is what the programs would not take for the name of one interface', () => {
    const allowed = 'cannot stand in firewall rules; allowed: letters, digits and ".", "_", "-", "@"';
    assert.deepEqual(complaints(['eth+', 'ppp*'], { lan: 'a"b', dmz: '!' }), [
      `uplinks[0].interface: "eth+" ${allowed}`,
      `uplinks[1].interface: "ppp*" ${allowed}`,
      `downlinks.lan: "a\\"b" ${allowed}`,
      `downlinks.dmz: "!" ${allowed}`,
    ]);
  });
});
