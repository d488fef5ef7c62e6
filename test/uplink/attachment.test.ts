import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Link } from '../../src/network/link.ts';
import { attach, type LinkSettings } from '../../src/uplink/attachment.ts';

const eth1: LinkSettings = { type: 'static', interface: 'eth1', ip: '198.18.1.2', gateway: '198.18.1.1' };
const ppp0: LinkSettings = { type: 'ppp', interface: 'ppp0' };
const configured = { ip: '198.18.1.2', gateway: '198.18.1.1' };

function link(name: string, change: Partial<Link> = {}): Link {
  const addresses =
    name === 'eth1'
      ? [{ address: '198.18.1.2', prefixLength: 24 }]
      : [{ address: '198.18.2.7', peer: '198.18.2.1', prefixLength: 32 }];
  return { name, index: 5, up: true, running: true, addresses, ...change };
}

test('a static uplink has the addresses of the configuration', () => {
  assert.deepEqual(attach(eth1, [link('eth1')]), { index: 5, ...configured, routable: true });
});

test('a PPP uplink has the addresses of the interface', () => {
  assert.deepEqual(attach(ppp0, [link('eth1'), link('ppp0')]), {
    index: 5,
    ip: '198.18.2.7',
    gateway: '198.18.2.1',
    routable: true,
  });
});

test('a static address may stand on another interface', () => {
  const lo = link('lo', { index: 1, addresses: [{ address: '198.18.1.2', prefixLength: 32 }] });
  const transfer = link('eth1', { addresses: [{ address: '198.18.9.2', prefixLength: 30 }] });
  assert.equal(attach(eth1, [lo, transfer]).routable, true);
});

for (const [what, settings, links, expected] of [
  [
    'an interface that is not there',
    eth1,
    [],
    { ...configured, routable: false, fault: 'there is no interface eth1' },
  ],
  ['a PPP interface that is not there', ppp0, [], { routable: false, fault: 'there is no interface ppp0' }],
  [
    'an interface that is down',
    eth1,
    [link('eth1', { up: false, running: false })],
    { index: 5, ...configured, routable: false, fault: 'interface eth1 is down' },
  ],
  // The kernel takes routes over it all the same, and they are good again the moment the cable is back.
  [
    'a pulled cable',
    eth1,
    [link('eth1', { running: false })],
    { index: 5, ...configured, routable: true, fault: 'no carrier on eth1' },
  ],
  [
    'an address that is gone',
    eth1,
    [link('eth1', { addresses: [] })],
    { index: 5, ...configured, routable: false, fault: 'no interface has the address 198.18.1.2' },
  ],
  [
    'a PPP link without address',
    ppp0,
    [link('ppp0', { addresses: [] })],
    { index: 5, routable: false, fault: 'ppp0 has no address' },
  ],
  [
    'a PPP uplink whose interface has no peer',
    ppp0,
    [link('ppp0', { addresses: [{ address: '198.18.2.7', prefixLength: 24 }] })],
    {
      index: 5,
      ip: '198.18.2.7',
      routable: false,
      fault: 'ppp0 has no peer: it is not a point-to-point link',
    },
  ],
] as const) {
  test(`${what} is a fault`, () => assert.deepEqual(attach(settings, links), expected));
}
