import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FAMILIES, type Family } from '../../src/network/address.ts';
import { Laboratory, type Namespace } from '../support/namespace.ts';
import { transcribe } from '../support/waiting.ts';
import { makeCertificates } from './line/certificates.ts';
import { addresses, FAMILY } from './line/addresses.ts';

const program = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const lines = ['eth1', 'eth2'];

/** What IPv6 sends of its own accord when a link comes up: groups that are joined, and who is a router here. */
const UNASKED = '{ mld-listener-report, mld2-listener-report, nd-router-solicit }';

/** Two lines to the host; without a mark, everything would go by the second. */
function wire(
  laboratory: Laboratory,
  family: Family,
): { readonly router: Namespace; readonly internet: Namespace } {
  const { line } = addresses[family];
  const { router, internet } = laboratory.namespaces('router', 'internet');
  for (const namespace of [router, internet]) namespace.sysctl({ 'net/ipv6/conf/default/accept_dad': 0 });
  laboratory.ip(
    lines.map(
      (name, position) =>
        `link add name ${name} netns ${router.name} index ${line.index + position} type veth peer name ${name} netns ${internet.name}`,
    ),
  );
  router.sysctl({ 'net/ipv6/conf/eth1/keep_addr_on_down': 1 });
  // Whoever speaks by the first line bears its mark, but the kernel that looks for its neighbours.
  router.nft(`table inet marks {
    chain output {
      type filter hook output priority 0
      icmpv6 type ${UNASKED} drop
      oifname "eth1" meta mark != ${line.mark} icmpv6 type != { nd-neighbor-solicit, nd-neighbor-advert } drop
      oifname "eth1" meta mark != ${line.mark} meta l4proto != ipv6-icmp drop
    }
  }`);
  const up = ['lo', ...lines].map((name) => `link set ${name} up`);
  router.ip(up);
  internet.ip(up);
  addAddresses(family, router, internet);
  return { router, internet };
}

function addAddresses(family: Family, router: Namespace, internet: Namespace): void {
  const { line, peer, other, host, nobody } = addresses[family];
  const [length, single] = { 4: [24, 32], 6: [64, 128] }[family] as [number, number];
  const far = new Set([
    ...[peer, line.gateway].map((address) => `${address}/${length} dev eth1`),
    ...[other.peer, other.gateway].map((address) => `${address}/${length} dev eth2`),
  ]);
  internet.ip([
    ...[...far].map((address) => `addr add ${address}`),
    `addr add ${host}/${single} dev lo`,
    `route add blackhole ${nobody}/${single}`,
  ]);
  router.ip([
    `addr add ${line.address}/${length} dev eth1`,
    `addr add ${other.address}/${length} dev eth2`,
    `route add default via ${other.gateway} dev eth2`,
    `route add default via ${line.gateway} dev eth1 table ${line.mark}`,
  ]);
  const rule = `rule add fwmark ${line.mark} lookup ${line.mark}`;
  router.exec(['ip', `-${family}`, ...rule.split(' ')]);
}

async function openLine(t: TestContext, family: Family) {
  const certificates = mkdtempSync(join(tmpdir(), 'certificates-'));
  t.after(() => rmSync(certificates, { recursive: true }));
  makeCertificates(certificates);
  const laboratory = new Laboratory();
  t.after(() => laboratory.close());
  const { router, internet } = wire(laboratory, family);
  const { host } = addresses[family];
  const command = [process.execPath, program('../support/probed-server.js'), host, certificates];
  const said = transcribe([internet.spawn(command).stdout as Readable], String);
  await said.until((text) => text === 'ready', { within: 20_000 });
  return { router, certificates };
}

for (const family of FAMILIES) {
  test(`over IPv${family}, on a router with two lines`, async (t) => {
    const { router, certificates } = await openLine(t, family);
    // With NODE_TEST_CONTEXT they would report to our runner, past us; what stands on standard error explains a
    // failure.
    const settings = [
      '--unset=NODE_TEST_CONTEXT',
      `NODE_EXTRA_CA_CERTS=${join(certificates, 'ca.crt')}`,
      `${FAMILY}=${family}`,
    ];
    const reporters = ['spec', 'stderr', 'tap', 'stdout'].map((name, index) =>
      index % 2 === 0 ? `--test-reporter=${name}` : `--test-reporter-destination=${name}`,
    );
    for (const file of ['tcp.js', 'dns.js', 'http.js', 'neighbour.js', 'leak.js']) {
      await t.test(`the tests of ${file}`, () => {
        const node = [process.execPath, ...reporters, program(`line/${file}`)];
        const report = router.exec(['timeout', '60', 'env', ...settings, ...node]);
        assert.match(report, /^# pass [1-9]/m);
      });
    }
  });
}
