import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeCertificates } from '../probe/line/certificates.ts';
import { echoPort } from '../support/exchange.ts';
import { targets } from '../support/topology.ts';
import { transcribe } from '../support/waiting.ts';
import { PATIENCE, Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];
const [host = '', other = ''] = targets;

/** Starts a DNS server and a web server in the core of the internet. */
async function serve(t: TestContext, site: Site): Promise<void> {
  const certificates = mkdtempSync(join(tmpdir(), 'certificates-'));
  t.after(() => rmSync(certificates, { recursive: true }));
  makeCertificates(certificates);
  const program = fileURLToPath(new URL('../support/probed-server.js', import.meta.url));
  const server = site.internet.core.spawn([process.execPath, program, host, certificates]);
  await transcribe([server.stdout as Readable], String).until((line) => line === 'ready', {
    within: PATIENCE,
  });
}

test('targets that are not pinged decide as the others do, each over its own line', async (t) => {
  const site = await Site.build(t, lines);
  await serve(t, site);
  site.settings.tests = {
    ips: [other],
    targets: [
      { tcp: `${other}:${echoPort}` },
      { dns: { server: host, name: 'good.example' } },
      { http: { url: 'http://good.example/204', status: 204 } },
      { neighbour: 'gateway' },
    ],
    required_successful: 4,
    interval: 1,
    timeout: 0.5,
  };
  // Where the mark leads astray, there is a way by the line beside it.
  site.router.ip(['route add default via 198.18.11.1 dev eth2']);
  await site.start({ options: ['--debug'] });
  const { log } = site.daemon;
  await log.until((line) => line.includes('Uplink eth1: check passed'), { within: PATIENCE });
  // The gateway goes on answering: that alone is not enough.
  const [line = ''] = await site.tells(/Uplink eth1 is down/, () => site.internet.impair('eth1', 'beyond'));
  assert.match(line, /no reply from \d of 5 targets|\d+ of \d+ probes lost/);
  await site.tells(/Uplink eth1 is up/, () => site.internet.mend('eth1'));
  assert.ok(!log.entries.some((entry) => /Uplink eth2 is/.test(entry)));
});
