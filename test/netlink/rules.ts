/* Run by kernel.test.ts in a namespace of its own. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { FR_ACT_TO_TBL, type RuleMessage } from '../../src/netlink/rule.ts';
import { ip, kernel, PROTOCOL } from './host.ts';

afterEach(() => {
  for (const family of [4, 6]) ip(`-${family} rule flush protocol ${PROTOCOL}`);
});

function rule(properties: Partial<RuleMessage>): RuleMessage {
  const base = { family: 4, priority: 100, action: FR_ACT_TO_TBL, tos: 0, table: 1001, flags: 0 } as const;
  return { ...base, protocol: PROTOCOL, ...properties };
}

for (const [family, source, shown] of [
  [4, { address: '198.18.1.2', length: 32 }, 'from 198.18.1.2'],
  [6, { address: '2001:db8:1::', length: 48 }, 'from 2001:db8:1::/48'],
] as const) {
  const listed = () => ip(`-${family} rule show priority 100`);

  test(`IPv${family} rules are added and deleted`, () => {
    const rules: [RuleMessage, string][] = [
      [rule({ family, source }), `100:	${shown} lookup 1001 proto 70`],
      [rule({ family, mark: 3, mask: 0xff }), '100:	from all fwmark 0x3/0xff lookup 1001 proto 70'],
      [rule({ family, oifname: 'eth1' }), '100:	from all oif eth1 lookup 1001 proto 70'],
      [rule({ family, oifname: 'ppp0' }), '100:	from all oif ppp0 [detached] lookup 1001 proto 70'],
      [
        rule({ family, destination: source }),
        `100:	from all ${shown.replace('from', 'to')} lookup 1001 proto 70`,
      ],
      [rule({ family, iifname: 'eth1' }), '100:	from all iif eth1 lookup 1001 proto 70'],
      [
        rule({
          family,
          ipProtocol: 17,
          sourcePorts: { first: 123, last: 123 },
          destinationPorts: { first: 1, last: 65_534 },
        }),
        '100:	from all ipproto ipproto-17 sport 123 dport 1-65534 lookup 1001 proto 70',
      ],
      // This iproute2 does not print it, but the rule is dumped with it below.
      [rule({ family, dscp: 46 }), '100:	from all lookup 1001 proto 70'],
      [
        rule({ family, table: 254, suppressPrefixLength: 0 }),
        '100:	from all lookup 254 suppress_prefixlength 0 proto 70',
      ],
    ];
    for (const [message, text] of rules) {
      kernel.addRule(message);
      assert.deepEqual(listed(), [text]);
      assert.throws(() => kernel.addRule(message), { message: 'add rule: EEXIST: file already exists' });
      const [dumped] = kernel.dumpRules(family).filter(({ priority }) => priority === 100);
      assert.ok(dumped);
      assert.equal(dumped.dscp, message.dscp);
      kernel.deleteRule(dumped);
      assert.deepEqual(listed(), []);
      assert.throws(() => kernel.deleteRule(message), { operation: 'delete rule', code: 'ENOENT' });
    }
  });
}

for (const foreign of [
  'lookup 1001 protocol 3',
  'from 198.18.1.2 lookup 1001 protocol 3',
  'fwmark 3 lookup 1001 protocol 3',
  'oif eth1 lookup 1001 protocol 3',
  'lookup 1001',
]) {
  test(`a rule of another ("${foreign}") stays when ours of the same priority goes`, () => {
    ip(`rule add priority 100 ${foreign}`);
    const before = ip('rule show priority 100');
    kernel.addRule(rule({}));
    kernel.deleteRule(rule({}));
    assert.deepEqual(ip('rule show priority 100'), before);
    ip('rule delete priority 100');
  });
}

test('nothing of what a rule asks for is lost', () => {
  for (const words of [
    'not from 198.18.0.0/16 to 198.19.0.0/16 tos 0x10 iif eth1 unreachable protocol 70',
    'ipproto tcp sport 1000-2000 dport 25 uidrange 1-2 lookup 1001 protocol 70',
    'lookup 1001 suppress_ifgroup 3 protocol 70',
    'goto 32766 protocol 70',
  ]) {
    ip(`rule add priority 100 ${words}`);
    const before = ip('rule show priority 100');
    const [dumped] = kernel.dumpRules(4).filter(({ priority }) => priority === 100);
    assert.ok(dumped);
    kernel.deleteRule(dumped);
    assert.deepEqual(ip('rule show priority 100'), []);
    kernel.addRule(dumped);
    assert.deepEqual(ip('rule show priority 100'), before);
    kernel.deleteRule(dumped);
  }
});
