import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Configuration } from '../../src/config/schema.ts';
import { explain } from '../../src/explain/explanation.ts';
import { type Question, QuestionError } from '../../src/explain/question.ts';
import { explanationText } from '../../src/explain/text.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { readOnly } from '../../src/kernel/read-only.ts';
import type { Link } from '../../src/network/link.ts';
import { allLinks, configuration, laboratory } from '../monitor/laboratory.ts';

const lan: Link = {
  name: 'eth0',
  index: 9,
  up: true,
  running: true,
  addresses: [{ address: '198.18.0.1', prefixLength: 24 }],
};

/** A router with three uplinks, a LAN and rules before the main table's. */
function site(policies: Configuration['policies'] = []) {
  const links = [...allLinks, lan];
  const all = laboratory({ links, settings: { ...configuration(), policies, base_priority: 20_000 } });
  all.kernel.replaceRoute({
    family: 4,
    type: 'unicast',
    table: 254,
    destination: { address: '198.18.0.0', length: 24 },
    metric: 0,
    nexthops: [{ device: 'eth0', weight: 1 }],
    protocol: 2,
  });
  const monitor = all.start();
  all.clock.advance(100);
  const ask = (question: Question, kernel: Kernel = all.kernel) =>
    explain(question, {
      kernel,
      numbering: monitor.numbering,
      policies: monitor.policies.map(({ name }) => name),
      uplinks: monitor.uplinks(),
    });
  return { ...all, monitor, ask };
}

describe('a new connection', () => {
  test('of a host in the LAN is spread over the uplinks', () => {
    const { ask } = site();
    const text = explanationText(ask({ destination: '198.19.0.1', from: '198.18.0.20' }));
    assert.deepEqual(text, [
      'A new connection from 198.18.0.20 (eth0) to 198.19.0.1 leaves by Fibre (eth1), source 198.18.1.2.',
      '  taken      rule 20006: from all lookup 4 proto 70                            the balancing table',
      '  shares     Fibre 75 %, Cable 25 %',
      '  not taken  rule 0: from all lookup 255 proto 2                               no route there',
      '             rule 19999: from all lookup 254 suppress_prefixlength 0 proto 70  no route there that is narrow enough',
      '             rule 20000: from 198.18.1.2 lookup 1 proto 70                     source differs',
      '             rule 20000: from all oif eth1 lookup 1 proto 70                   not bound to eth1',
      '             rule 20001: from 198.18.2.2 lookup 2 proto 70                     source differs',
      '             rule 20001: from all oif eth2 lookup 2 proto 70                   not bound to eth2',
      '             rule 20002: from 198.18.3.2 lookup 3 proto 70                     source differs',
      '             rule 20002: from all oif ppp0 lookup 3 proto 70                   not bound to ppp0',
      '             rule 20003: from all fwmark 0x1 lookup 1 proto 70                 no mark',
      '             rule 20004: from all fwmark 0x2 lookup 2 proto 70                 no mark',
      '             rule 20005: from all fwmark 0x3 lookup 3 proto 70                 no mark',
      '  resting    LTE: group 2 waits',
    ]);
  });

  test('with a mark, or from an uplink’s address, goes by that uplink', () => {
    const { ask } = site();
    const [marked, bound] = [
      ask({ destination: '198.19.0.1', mark: 2 }),
      ask({ destination: '198.19.0.1', from: '198.18.2.2' }),
    ];
    assert.deepEqual(marked.way, {
      interface: 'eth2',
      uplink: 'Cable',
      gateway: '198.18.2.1',
      source: '198.18.2.2',
      table: 2,
    });
    assert.deepEqual(marked.taken, {
      rule: '20004: from all fwmark 0x2 lookup 2 proto 70',
      maker: 'us',
      meaning: 'the table of Cable',
    });
    assert.deepEqual([bound.way?.uplink, bound.way?.source, bound.in], ['Cable', '198.18.2.2', null]);
  });

  test('may be for a policy, which decides by the port, the class and where it comes from', () => {
    const { ask } = site([
      {
        name: 'voice',
        match: { source: ['198.18.0.0/24'], protocol: ['udp'], dport: ['5060'] },
        use: { uplink: 'LTE', else: 'unreachable' },
      },
      { name: 'internal', match: { destination: ['198.18.0.0/15'] }, use: 'bypass' },
      { name: 'bulk', match: { dscp: [8] }, use: { uplinks: { Cable: 1 }, else: 'any' } },
    ]);
    const question = { destination: '198.19.0.1', from: '198.18.0.20' };
    const voice = ask({ ...question, protocol: 'udp', port: 5060 });
    assert.equal(voice.policy, 'voice');
    const [sentence, taken] = explanationText(voice);
    assert.equal(
      sentence,
      'A new UDP connection from 198.18.0.20 (eth0) to 198.19.0.1 port 5060 leaves by LTE (ppp0), source 198.18.3.2.',
    );
    assert.match(
      taken ?? '',
      / from 198\.18\.0\.0\/24 ipproto udp dport 5060 lookup 5 .* policy voice: its table$/,
    );

    const bulk = ask({ ...question, dscp: 8 });
    assert.deepEqual([bulk.policy, bulk.way?.uplink], ['bulk', 'Cable']);
    assert.deepEqual(
      bulk.passed.slice(-2).map(({ meaning }) => meaning),
      ['protocol differs', 'no route there'],
    );
    const plain = ask({ ...question, protocol: 'udp' });
    assert.deepEqual([plain.policy, plain.taken?.meaning], [null, 'the balancing table']);
    assert.deepEqual(
      plain.passed.slice(-3).map(({ meaning }) => meaning),
      ['no port is known', 'no route there', 'DSCP differs'],
    );
  });

  test('that is marked for a line without link is refused, and by which route', () => {
    const { ask, kernel } = site();
    kernel.setLinks([{ ...allLinks[0], up: false } as Link, ...allLinks.slice(1), lan]);
    const text = explanationText(ask({ destination: '198.19.0.1', mark: 1 }));
    assert.match(text[0] ?? '', /with mark 0x1 is refused: .*EHOSTUNREACH/);
    assert.match(
      text[1] ?? '',
      /fwmark 0x1 .*the table of Fibre: unreachable default proto 70 metric 4294967295$/,
    );
    assert.match(text.at(-2) ?? '', /Fibre: down: interface eth1 is down/);
  });

  test('to the LAN is no matter of the uplinks', () => {
    const text = explanationText(site().ask({ destination: '198.18.0.20' }));
    assert.deepEqual(text, [
      'A new connection from this host to 198.18.0.20 leaves by eth0.',
      '  taken      rule 19999: from all lookup 254 suppress_prefixlength 0 proto 70  the main table',
      '  not taken  rule 0: from all lookup 255 proto 2                               no route there',
    ]);
  });

  test('says of each uplink that rests why it does', () => {
    const { ask, monitor, clock, dead } = site();
    dead.add('eth1');
    clock.advance(11_000);
    monitor.override('Cable', { kind: 'down' });
    const [fibre, cable, ...others] = ask({ destination: '198.19.0.1' }).resting;
    assert.match(fibre?.reason ?? '', /^down: no reply /);
    assert.deepEqual(cable, { uplink: 'Cable', reason: 'forced down' });
    assert.deepEqual(others, []);
  });

  test('may be decided by a rule of somebody else', () => {
    const { ask, kernel } = site();
    const [rule] = kernel.policy(4);
    assert.ok(rule);
    const policy = () => [{ ...rule, priority: 5210, table: 254, protocol: 3 }, ...kernel.policy(4)];
    const route = () => ({ ...kernel.routes(254, 4)[0], nexthops: [{ device: 'tailscale0', weight: 1 }] });
    const other = { ...readOnly(kernel), policy, route, entry: route } as Kernel;
    const [sentence, taken] = explanationText(ask({ destination: '198.18.0.77', mark: 0 }, other));
    assert.match(sentence ?? '', /leaves by tailscale0\.$|leaves by tailscale0,/);
    assert.match(taken ?? '', /taken +rule 5210: from all lookup 254 proto 3 +the main table \(not ours\)$/);
  });

  test('is explained without reading tables of others, unless one of them refuses it', () => {
    const { ask, kernel } = site();
    const read = new Set<number>();
    const watched = {
      ...readOnly(kernel),
      routes: (table: number) => {
        read.add(table);
        return kernel.routes(table, 4);
      },
    };
    ask({ destination: '198.19.0.1', from: '198.18.0.20' }, watched);
    assert.deepEqual(
      [...read].filter((table) => table > 4),
      [],
    );
    const destination = { address: '198.19.0.0', length: 16 };
    kernel.replaceRoute({
      family: 4,
      type: 'blackhole',
      table: 254,
      destination,
      metric: 0,
      nexthops: [],
      protocol: 3,
    });
    const { taken, refusal } = ask({ destination: '198.19.0.1' }, watched);
    assert.match(refusal ?? '', /EINVAL/);
    assert.equal(taken?.meaning, 'the main table: blackhole 198.19.0.0/16 proto 3');
  });

  test('may be decided by what nobody has told', () => {
    const { ask, kernel } = site();
    const route = () => ({ ...kernel.routes(2, 4)[0], table: 77 });
    const other = { ...readOnly(kernel), route, entry: route } as Kernel;
    const explanation = ask({ destination: '198.19.0.1' }, other);
    assert.equal(explanation.taken, null);
    assert.match(explanationText(explanation)[1] ?? '', /table 77 decides, by a rule that asks for more/);
  });
});

describe('of a router with both families', () => {
  const addresses6 = [
    { address: '2001:db8:1::2', prefixLength: 64 },
    { address: '2001:db8:2::2', prefixLength: 64 },
  ];

  /** Fibre and Cable have IPv6, too; LTE has not. */
  function dualStack() {
    const { uplinks, ...others } = configuration();
    const settings = {
      ...others,
      base_priority: 20_000,
      tests: { ...others.tests, ips: [...others.tests.ips, '2001:db8:f::1', '2001:db8:f::2'] },
      uplinks: uplinks.map((uplink, position) =>
        position < addresses6.length ? { ...uplink, ipv6: { gateway: 'fe80::1' } } : uplink,
      ),
    } as Configuration;
    const links = allLinks.map((link, position) => ({
      ...link,
      addresses: [...link.addresses, addresses6[position] ?? []].flat(),
    }));
    const { kernel, clock, start } = laboratory({ links, settings });
    const monitor = start();
    clock.advance(100);
    const ground = { kernel, numbering: monitor.numbering, policies: [] };
    const ask = (question: Question) => explain(question, { ...ground, uplinks: monitor.uplinks() });
    return { ask, monitor };
  }

  test('a connection is explained by the rules, lines and shares of its family', () => {
    const { ask } = dualStack();
    const { shares, way, taken, resting } = ask({ destination: '2001:DB8:F:0::1' });
    assert.deepEqual([way?.interface, way?.uplink, way?.gateway], ['eth1', 'Fibre IPv6', 'fe80::1']);
    assert.equal(taken?.meaning, 'the balancing table');
    assert.deepEqual(
      shares.map(({ line }) => line),
      ['Fibre IPv6', 'Cable IPv6'],
    );
    assert.deepEqual(resting, []);
    const other = ask({ destination: '198.19.0.1' });
    assert.deepEqual(
      [...other.shares.map(({ line }) => line), ...other.resting.map(({ uplink }) => uplink)],
      ['Fibre', 'Cable', 'LTE'],
    );
  });

  test('a mark is that of an uplink, of whose table each family has its own', () => {
    const { ask } = dualStack();
    const told = [
      ask({ destination: '2001:db8:f::1', mark: 2 }),
      ask({ destination: '198.19.0.1', mark: 2 }),
    ];
    assert.deepEqual(
      told.map(({ taken, way }) => [taken?.meaning, way?.source]),
      [
        ['the table of Cable IPv6', '2001:db8:2::2'],
        ['the table of Cable', '198.18.2.2'],
      ],
    );
  });

  test('a line that rests for one family rests for no other', () => {
    const { ask, monitor } = dualStack();
    monitor.override('Fibre IPv6', { kind: 'down' });
    const { shares, way, resting } = ask({ destination: '2001:db8:f::1' });
    assert.deepEqual([shares, way?.uplink], [[], 'Cable IPv6']);
    assert.deepEqual(resting, [{ uplink: 'Fibre IPv6', reason: 'forced down' }]);
    assert.equal(ask({ destination: '198.19.0.1' }).way?.uplink, 'Fibre');
  });
});

describe('a question is refused', () => {
  for (const [what, question, message] of [
    [
      'about a name',
      { destination: 'example.com' },
      /"example\.com" is not an IP address; names are not looked up/,
    ],
    ['about a zone', { destination: 'fe80::1%eth0' }, /"fe80::1%eth0" is not an IP address/],
    ['across families', { destination: '2001:db8::1', from: '198.18.0.20' }, /one is IPv4, the other IPv6/],
    ['from a name', { destination: '198.19.0.1', from: 'lan' }, /"lan" is not an IP address/],
    ['about a port of ICMP', { destination: '198.19.0.1', protocol: 'icmp', port: 7 }, /icmp has no ports/],
    ['from an interface without an address', { destination: '198.19.0.1', in: 'eth0' }, /--from/],
    [
      'from an interface that is not there',
      { destination: '198.19.0.1', from: '198.18.0.9', in: 'eth7' },
      /there is no interface eth7/,
    ],
  ] as const) {
    test(what, () => assert.throws(() => site().ask(question), { constructor: QuestionError, message }));
  }

  test('from a host to which nothing leads back', () => {
    const { ask, monitor } = site();
    for (const uplink of ['Fibre', 'Cable', 'LTE']) monitor.override(uplink, { kind: 'down' });
    assert.throws(() => ask({ destination: '198.19.0.1', from: '198.19.7.7' }), {
      message: 'nothing leads back to 198.19.7.7: which interface does it come from? --in',
    });
  });
});
