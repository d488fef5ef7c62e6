import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Laboratory, type Namespace } from '../support/namespace.ts';
import { transcribe } from '../support/waiting.ts';
import { makeCertificates } from './line/certificates.ts';
import { host, line } from './line/addresses.ts';

const program = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Two lines to the host; without a mark, everything would go by the second. */
function wire(laboratory: Laboratory): { readonly router: Namespace; readonly internet: Namespace } {
  const { router, internet } = laboratory.namespaces('router', 'internet');
  const lines = ['eth1', 'eth2'];
  laboratory.ip(
    lines.map(
      (name, position) =>
        `link add name ${name} netns ${router.name} index ${line.index + position} type veth peer name ${name} netns ${internet.name}`,
    ),
  );
  // IPv6 sends packets of its own accord.
  router.sysctl({ 'net/ipv6/conf/all/disable_ipv6': 1 });
  router.ip([
    'link set lo up',
    `addr add ${line.address}/24 dev eth1`,
    'addr add 198.18.2.2/24 dev eth2',
    ...lines.map((name) => `link set ${name} up`),
    'route add default via 198.18.2.1 dev eth2',
    `route add default via ${line.gateway} dev eth1 table 1`,
    `rule add fwmark ${line.mark} lookup 1`,
  ]);
  // Whoever speaks by the first line bears its mark.
  router.nft(
    `table ip marks {\nchain output {\ntype filter hook output priority 0\noifname "eth1" meta mark != ${line.mark} drop\n}\n}`,
  );
  internet.ip([
    'link set lo up',
    `addr add ${line.gateway}/24 dev eth1`,
    'addr add 198.18.2.1/24 dev eth2',
    ...lines.map((name) => `link set ${name} up`),
    `addr add ${host}/32 dev lo`,
  ]);
  return { router, internet };
}

async function openLine(t: TestContext) {
  const certificates = mkdtempSync(join(tmpdir(), 'certificates-'));
  t.after(() => rmSync(certificates, { recursive: true }));
  makeCertificates(certificates);
  const laboratory = new Laboratory();
  t.after(() => laboratory.close());
  const { router, internet } = wire(laboratory);
  const server = internet.spawn([
    process.execPath,
    program('../support/probed-server.js'),
    host,
    certificates,
  ]);
  const said = transcribe([server.stdout as Readable], String);
  await said.until((line) => line === 'ready', { within: 20_000 });
  return { router, certificates };
}

test('on a router with two lines', async (t) => {
  const { router, certificates } = await openLine(t);
  // With NODE_TEST_CONTEXT they would report to our runner, past us; what stands on standard error explains a
  // failure.
  const settings = ['--unset=NODE_TEST_CONTEXT', `NODE_EXTRA_CA_CERTS=${join(certificates, 'ca.crt')}`];
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
