import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { parseConfiguration } from '../../src/config/load.ts';
import { type Zones, zonesOf } from '../../src/firewall/zones.ts';
import { type Settings, Site } from '../kernel/site.ts';
import { Laboratory, type Namespace } from '../support/namespace.ts';
import { lan, type UplinkOptions } from '../support/topology.ts';
import { startEcho } from '../support/traffic.ts';
import { transcribe } from '../support/waiting.ts';
import type { Firewall } from './rule-sets.ts';

/** The DMZ of the test site. */
export const dmz = { interface: 'eth4', router: '198.18.1.1', host: '198.18.1.2' } as const;

/** A site with a DMZ whose router is guarded by a generated rule set. */
export class GuardedSite {
  readonly site: Site;
  readonly dmz: Namespace;
  readonly #firewall: Firewall;
  readonly #zones: Zones;

  private constructor(site: Site, dmzHost: Namespace, firewall: Firewall) {
    this.site = site;
    this.dmz = dmzHost;
    this.#firewall = firewall;
    const configuration = { ...site.settings, downlinks: { lan: lan.interface, dmz: dmz.interface } };
    this.#zones = zonesOf(parseConfiguration(JSON.stringify(configuration), 'settings'));
  }

  /** Builds it for one test, with the rules in force and then the daemon; the settings are changed before. */
  static async open(
    test: TestContext,
    firewall: Firewall,
    lines: readonly UplinkOptions[],
    change: (settings: Settings) => void,
  ): Promise<GuardedSite> {
    const site = await Site.build(test, lines);
    change(site.settings);
    const laboratory = new Laboratory();
    test.after(() => laboratory.close());
    const guarded = new GuardedSite(site, laboratory.namespaces('dmz').dmz, firewall);
    guarded.#connectDmz(laboratory);
    await startEcho(guarded.dmz, [dmz.host]);
    site.router.nft('flush ruleset');
    guarded.load();
    await site.start({ options: ['--debug'] });
    return guarded;
  }

  /** Puts the generated rules in force, as they are or as an administrator has edited them. */
  load(edit: (rules: string) => string = (rules) => rules): void {
    this.site.router.exec(this.#firewall.load, edit(this.#firewall.generate(this.#zones)));
  }

  #connectDmz(laboratory: Laboratory): void {
    laboratory.ip([
      `link add ${dmz.interface} netns ${this.site.router.name} type veth peer name eth0 netns ${this.dmz.name}`,
    ]);
    this.site.router.ip([`addr add ${dmz.router}/24 dev ${dmz.interface}`, `link set ${dmz.interface} up`]);
    this.dmz.ip([
      `addr add ${dmz.host}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${dmz.router}`,
    ]);
  }
}

/** In Perl, which connects and gives up within one system call. */
const knocker = `
  use Socket;
  my ($address, $port) = @ARGV;
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
  setsockopt($socket, SOL_SOCKET, SO_SNDTIMEO, pack('l!l!', 2, 0)) or die "SO_SNDTIMEO: $!";
  my $open = connect($socket, sockaddr_in($port, inet_aton($address)));
  print $open ? 'open' : $!{ECONNREFUSED} ? 'refused' : $!{EINPROGRESS} ? 'silent' : $!;
`;

/**
 * What becomes of a TCP connection to a port: it is open, or refused, or silent for two seconds. Not less: a
 * refusal by ICMP that comes while connect(2) still holds its socket is forgotten (tcp_v4_err() in
 * net/ipv4/tcp_ipv4.c), and the next one answers the retransmission after a second.
 */
export function knock(from: Namespace, address: string, port: number): Promise<string> {
  const program = from.spawn(['perl', '-e', knocker, address, String(port)]);
  return transcribe([program.stdout as Readable], String).until(() => true, { within: 5000 });
}
