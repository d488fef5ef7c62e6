import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfiguration } from '../src/config/load.ts';
import { demonstration } from '../src/demonstration.ts';
import { readInterfaces } from '../src/monitor/interfaces.ts';
import { linesOf, linkSettings } from '../src/monitor/settings.ts';
import { attach } from '../src/uplink/attachment.ts';

const configuration = parseConfiguration(
  `base_priority: 20000
downlinks: {lan: eth0}
uplinks:
- {interface: eth1, type: dhcp, description: Fibre, ipv6: {}}
- {interface: eth2, type: dhcp, description: Cable, ipv6: {ip: '2001:db8:2::2'}}
- {interface: eth3, type: static, ip: 198.51.100.2, gateway: 198.51.100.1, description: DSL, ipv6: {gateway: 'fe80::9'}}
- {interface: ppp0, type: ppp, description: LTE, ipv6: {}}
- {interface: wg0, type: auto, description: Tunnel}
`,
  'file',
);

test('on the machine of --demo every line of every type can be used, with an address of its own', () => {
  const { kernel } = demonstration(configuration);
  const lines = linesOf(configuration).map(linkSettings);
  const { links, defaults } = readInterfaces(kernel, lines);
  const attachments = lines.map((line) => attach(line, links, defaults));
  assert.deepEqual(
    attachments.map(({ fault }) => fault),
    lines.map(() => undefined),
  );
  assert.equal(new Set(attachments.map(({ ip }) => ip)).size, lines.length);
});
