import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { isLost } from '../support/exchange.ts';
import { Laboratory, type Namespace } from '../support/namespace.ts';
import { targets, type UplinkOptions } from '../support/topology.ts';
import { Traffic } from '../support/traffic.ts';
import { type Transcript, transcribe, until } from '../support/waiting.ts';
import { fresh, lost, Site } from './site.ts';

const PATIENCE = 20_000;
const shared = { gateway: '198.18.200.1', host: '198.18.200.9/24' };

const document = readFileSync(new URL('../../../docs/keepalived.md', import.meta.url), 'utf8');

/** The configuration that the document shows, with a router's own address and numbers. */
function configurationOf(state: string, priority: number): string {
  const [example = ''] = /^ {4}global_defs \{[^]*?\n {4}\}\n\n(?=\S)/m.exec(document) ?? [];
  assert.match(example, /track_file/);
  return example
    .replace('/var/lib/fault-tolerant-router', state)
    .replace('priority 150', `priority ${priority}`)
    .replace('198.51.100.1', shared.gateway);
}

/** The command by which the document lets VRRP through the firewall, without "nft" itself. */
const [, leave = ''] = /^ {4}nft (.*vrrp.*)$/m.exec(document) ?? [];

/** A router with a daemon, its keepalived, and an interface in the LAN that it shares with the other. */
class Twin {
  readonly site: Site;
  readonly log: Transcript<string>;

  constructor(site: Site, log: Transcript<string>) {
    this.site = site;
    this.log = log;
  }

  static async build(context: TestContext, lines: readonly UplinkOptions[], lan: LanPlace): Promise<Twin> {
    const state = mkdtempSync(join(tmpdir(), 'ftr-keepalived-'));
    context.after(() => rmSync(state, { recursive: true }));
    const site = await Site.build(context, lines);
    const { router } = site;
    router.ip(['link del eth0']);
    lan.laboratory.ip([
      `link add name eth0 netns ${router.name} type veth peer name ${lan.port} netns ${lan.namespace.name}`,
    ]);
    lan.namespace.ip([`link set ${lan.port} master lan up`]);
    router.ip([`addr add ${lan.address}/24 dev eth0`, 'link set eth0 up']);
    router.nft(leave);
    await site.start({ by: ['env', `STATE_DIRECTORY=${state}`] });
    const file = join(state, 'keepalived.conf');
    writeFileSync(file, configurationOf(state, lan.priority));
    const own = ['--pid', join(state, 'keepalived.pid'), '--vrrp_pid', join(state, 'vrrp.pid')];
    const options = ['--use-file', file, ...own, '--vrrp', '--dont-fork', '--log-console', '--log-detail'];
    const program = router.spawn(['keepalived', ...options], ['ignore', 'pipe', 'pipe']);
    return new Twin(site, transcribe([program.stdout as Readable, program.stderr as Readable], String));
  }

  get hasAddress(): boolean {
    return this.site.router.show('addr show dev eth0').some((line) => line.includes(` ${shared.gateway}/`));
  }

  /** Breaks every line, or mends it, behind its gateway. */
  internet(state: 'broken' | 'whole'): void {
    const { internet } = this.site;
    for (const { name } of internet.uplinks) {
      if (state === 'broken') internet.impair(name, 'beyond');
      else internet.mend(name);
    }
  }
}

/** Where a router is in the LAN. */
interface LanPlace {
  readonly laboratory: Laboratory;
  readonly namespace: Namespace;
  readonly port: string;
  readonly address: string;
  readonly priority: number;
}

test('of two routers the one that is online has the address of the LAN', async (context) => {
  const laboratory = new Laboratory();
  context.after(() => laboratory.close());
  const { lan: namespace } = laboratory.namespaces('lan');
  namespace.ip([
    'link set lo up',
    'link add name lan type bridge',
    `addr add ${shared.host} dev lan`,
    'link set lan up',
    `route add default via ${shared.gateway}`,
  ]);
  const place = { laboratory, namespace };
  const [first, second] = await Promise.all([
    Twin.build(context, lines(10), { ...place, port: 'one', address: '198.18.200.2', priority: 150 }),
    Twin.build(context, lines(20), { ...place, port: 'two', address: '198.18.200.3', priority: 100 }),
  ]);
  const host = new Traffic(namespace, { kind: 'udp', targets, every: 20 });
  /** Waits until this router alone has the address, and the host gets every answer by its lines. */
  const serves = async (twin: Twin, other: Twin, network: number) => {
    await until(() => twin.hasAddress && !other.hasAddress, PATIENCE);
    await host.exchanges.until((one) => !isLost(one) && lineOf(one.via) === network, {
      within: PATIENCE,
      since: host.exchanges.entries.length,
    });
    const exchanges = await fresh(host, 40);
    assert.deepEqual(lost(exchanges), []);
    assert.ok(exchanges.every((one) => !isLost(one) && lineOf(one.via) === network));
  };

  await serves(first, second, 10);
  first.internet('broken');
  await serves(second, first, 20);
  first.internet('whole');
  await serves(first, second, 10);

  // Somebody has to be the gateway, also when nobody is online.
  first.internet('broken');
  await until(() => second.hasAddress && !first.hasAddress, PATIENCE);
  second.internet('broken');
  await until(() => first.hasAddress && !second.hasAddress, PATIENCE);
  first.internet('whole');
  second.internet('whole');
  await serves(first, second, 10);

  // A daemon that stops leaves the routing, and so the address.
  assert.equal(await first.site.daemon.end(), 0);
  await serves(first, second, 10);
});

/** Two lines, whose networks are 198.18.`network`.0 and 198.18.`network + 1`.0. */
function lines(network: number): UplinkOptions[] {
  return [0, 1].map((number) => ({
    name: `eth${number + 1}`,
    address: `198.18.${network + number}.2`,
    gateway: `198.18.${network + number}.1`,
  }));
}

/** The `network` of the lines to which an address belongs. */
function lineOf(address: string): number {
  return 10 * Math.floor(Number(address.split('.')[2]) / 10);
}
