import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Link } from '../../src/network/link.ts';
import { attach, type LinkSettings } from '../../src/uplink/attachment.ts';

const eth1: LinkSettings = { type: 'static', interface: 'eth1', ip: '198.18.1.2', gateway: '198.18.1.1' };
const auto6: LinkSettings = { type: 'ipv6', interface: 'eth1' };
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
  assert.deepEqual(attach(eth1, [link('eth1')], []), { index: 5, ...configured, routable: true });
});

test('a PPP uplink has the addresses of the interface', () => {
  assert.deepEqual(attach(ppp0, [link('eth1'), link('ppp0')], []), {
    index: 5,
    ip: '198.18.2.7',
    gateway: '198.18.2.1',
    routable: true,
  });
});

test('a static address may stand on another interface', () => {
  const lo = link('lo', { index: 1, addresses: [{ address: '198.18.1.2', prefixLength: 32 }] });
  const transfer = link('eth1', { addresses: [{ address: '198.18.9.2', prefixLength: 30 }] });
  assert.equal(attach(eth1, [lo, transfer], []).routable, true);
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
  test(`${what} is a fault`, () => assert.deepEqual(attach(settings, links, []), expected));
}

describe('a line for IPv6', () => {
  const lasting = { address: '2001:db8::2', prefixLength: 64 };
  const passing = { address: '2001:db8::a1b2', prefixLength: 64, temporary: true };
  const both = link('eth1', { addresses: [{ address: '198.18.1.2', prefixLength: 24 }, passing, lasting] });
  const route = (gateway: string, metric: number, device = 'eth1') =>
    ({ family: 6, device, gateway, metric }) as const;
  const routes = [route('fe80::9', 1024), route('fe80::1', 512), route('fe80::7', 1, 'eth2')];

  test('takes the lasting address of its interface, and the gateway of the best default route over it', () => {
    assert.deepEqual(attach(auto6, [both], routes), {
      index: 5,
      ip: '2001:db8::2',
      gateway: 'fe80::1',
      network: { address: '2001:db8::', length: 64 },
      routable: true,
    });
    const alone = link('eth1', { addresses: [passing] });
    assert.equal(attach(auto6, [alone], routes).ip, '2001:db8::a1b2');
  });

  test('takes what the configuration says', () => {
    const fixed = { ...auto6, ip: '2001:db8::2', gateway: 'fe80::5' };
    assert.equal(attach(fixed, [both], []).gateway, 'fe80::5');
    assert.equal(
      attach({ ...fixed, ip: '2001:db8::3' }, [both], []).fault,
      'no interface has the address 2001:db8::3',
    );
  });

  test('has a fault as long as the interface has no address, or the main table no route', () => {
    const old = link('eth1');
    assert.equal(attach(auto6, [old], routes).fault, 'eth1 has no global IPv6 address');
    const { ip, fault, routable } = attach(auto6, [both], []);
    assert.deepEqual([ip, fault], ['2001:db8::2', 'the main table has no IPv6 default route over eth1']);
    assert.equal(routable, false);
  });

  test('leaves the other family its addresses', () => {
    const tunnel = { address: '2001:db8::2', peer: '2001:db8::1', prefixLength: 128 };
    const { addresses } = link('ppp0');
    const { ip, gateway } = attach(ppp0, [link('ppp0', { addresses: [tunnel, ...addresses] })], []);
    assert.deepEqual([ip, gateway], ['198.18.2.7', '198.18.2.1']);
  });
});

describe('an uplink whose address a DHCP client sets', () => {
  const dhcp: LinkSettings = { type: 'dhcp', interface: 'eth1' };
  const route = (gateway: string, metric: number, device = 'eth1', family: 4 | 6 = 4) =>
    ({ family, device, gateway, metric }) as const;
  const defaults = [
    route('198.18.1.9', 1024),
    route('198.18.1.1', 100),
    route('198.18.9.1', 0, 'eth9'),
    route('fe80::1', 0, 'eth1', 6),
  ];
  const leased = { index: 5, ip: '198.18.1.2', gateway: '198.18.1.1', routable: true };

  test('has the address of the interface and the gateway of the best default route over it', () => {
    assert.deepEqual(attach(dhcp, [link('eth1')], defaults), leased);
  });

  test('has the address that the route names, or else the first that is not discouraged', () => {
    const [old, fresh, local] = [
      { address: '198.18.1.2', prefixLength: 24, discouraged: true },
      { address: '198.18.1.3', prefixLength: 24 },
      { address: '198.18.1.4', prefixLength: 24 },
    ];
    const renewed = link('eth1', { addresses: [old, fresh, local] });
    assert.equal(attach(dhcp, [renewed], defaults).ip, '198.18.1.3');
    const named = { ...route('198.18.1.1', 0), source: '198.18.1.4' };
    assert.equal(attach(dhcp, [renewed], [named]).ip, '198.18.1.4');
    assert.equal(attach(dhcp, [renewed], [{ ...named, source: '198.18.1.7' }]).ip, '198.18.1.3');
  });

  test('keeps its gateway while the route is gone and the address stands', () => {
    const before = attach(dhcp, [link('eth1')], defaults);
    assert.deepEqual(attach(dhcp, [link('eth1')], [], before), leased);
    const moved = link('eth1', { addresses: [{ address: '198.18.1.3', prefixLength: 24 }] });
    assert.deepEqual(attach(dhcp, [moved], [], before), {
      index: 5,
      ip: '198.18.1.3',
      routable: false,
      fault: 'the main table has no default route over eth1, as a DHCP client sets it',
    });
    assert.equal(attach(dhcp, [moved], [route('198.18.1.9', 0)], before).gateway, '198.18.1.9');
  });

  test('has a fault without an address, and until there is a route', () => {
    const bare = link('eth1', { addresses: [] });
    assert.deepEqual(attach(dhcp, [bare], defaults), {
      index: 5,
      routable: false,
      fault: 'eth1 has no address',
    });
    assert.equal(attach(dhcp, [bare], defaults, leased).fault, 'eth1 has no address');
    assert.match(
      attach(dhcp, [link('eth1')], []).fault ?? '',
      /^the main table has no default route over eth1/,
    );
  });

  test('may have a route without gateway', () => {
    const direct = { family: 4, device: 'eth1', metric: 0 } as const;
    assert.deepEqual(attach(dhcp, [link('eth1')], [direct]), {
      index: 5,
      ip: '198.18.1.2',
      routable: true,
    });
  });

  test('reaches a gateway outside of its prefix on the link all the same', () => {
    const cloud = link('eth1', { addresses: [{ address: '198.18.1.2', prefixLength: 32 }] });
    assert.deepEqual(attach(dhcp, [cloud], defaults), { ...leased, onlink: true });
    assert.equal(attach(dhcp, [link('eth1')], [route('198.18.2.1', 0)]).onlink, true);
  });
});

describe('an uplink that looks for itself', () => {
  const auto = (name: string): LinkSettings => ({ type: 'auto', interface: name });

  test('is as with DHCP where there is a default route', () => {
    const route = { family: 4, device: 'eth1', gateway: '198.18.1.1', metric: 0 } as const;
    assert.deepEqual(attach(auto('eth1'), [link('eth1')], [route]), {
      index: 5,
      ...configured,
      routable: true,
    });
    assert.match(
      attach(auto('eth1'), [link('eth1')], []).fault ?? '',
      /^the main table has no default route over eth1/,
    );
  });

  test('has the peer of a point-to-point link for a gateway', () => {
    const ends = { index: 5, ip: '198.18.2.7', gateway: '198.18.2.1', routable: true };
    assert.deepEqual(attach(auto('ppp0'), [link('ppp0')], []), ends);
    const pppd = { family: 4, device: 'ppp0', metric: 0 } as const;
    assert.deepEqual(attach(auto('ppp0'), [link('ppp0')], [pppd]), ends);
    const addresses = [{ address: '198.18.2.7', peer: '198.18.2.9', prefixLength: 32 }];
    const moved = link('ppp0', { addresses });
    assert.equal(attach(auto('ppp0'), [moved], [], ends).gateway, '198.18.2.9');
  });

  test('needs no gateway where there are no neighbours', () => {
    const tunnel = link('wg0', { direct: true, addresses: [{ address: '198.18.7.2', prefixLength: 24 }] });
    assert.deepEqual(attach(auto('wg0'), [tunnel], []), { index: 5, ip: '198.18.7.2', routable: true });
  });
});

test('a static uplink needs a gateway where there are neighbours', () => {
  const direct: LinkSettings = { type: 'static', interface: 'eth1', ip: '198.18.1.2' };
  assert.deepEqual(attach(direct, [link('eth1', { direct: true })], []), {
    index: 5,
    ip: '198.18.1.2',
    routable: true,
  });
  assert.deepEqual(attach(direct, [link('eth1')], []), {
    index: 5,
    ip: '198.18.1.2',
    routable: false,
    fault: 'eth1 needs a gateway: it is not a point-to-point link',
  });
});
