import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Address } from '../../src/network/address.ts';
import { type Namespace, terminate } from './namespace.ts';
import { type Transcript, transcribe } from './waiting.ts';

const script = fileURLToPath(new URL('../../../test/support/udhcpc.sh', import.meta.url));

/** A client or server says or does what it is asked for within this time, ms. */
const PATIENCE = 8000;

/** What a server gives to whoever asks. */
export interface Lease {
  readonly address: Address;
  readonly gateway: Address;
}

/** A DHCP server (dnsmasq) on an interface that has an address of the lease's /24; nothing of it is the machine's. */
export class DhcpServer {
  readonly #namespace: Namespace;
  readonly #device: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'ftr-dhcp-'));
  #process: ChildProcess | undefined;

  constructor(namespace: Namespace, device: string) {
    this.#namespace = namespace;
    this.#device = device;
  }

  /** Gives this from now on, and refuses to renew what it has given before, if that is another address. */
  async give({ address, gateway }: Lease): Promise<void> {
    await this.#stop();
    const options = [
      ['keep-in-foreground', 'conf-file=/dev/null', 'log-facility=-', 'log-dhcp', 'user=root', 'port=0'],
      [`interface=${this.#device}`, 'bind-interfaces', 'no-ping', 'dhcp-authoritative'],
      [`dhcp-leasefile=${this.#directory}/leases`, `pid-file=${this.#directory}/pid`],
      // No name server: whoever takes this lease leaves /etc/resolv.conf alone.
      [`dhcp-range=${address},${address},255.255.255.0`, `dhcp-option=3,${gateway}`, 'dhcp-option=6'],
    ].flat();
    const server = this.#namespace.spawn(
      ['dnsmasq', ...options.map((option) => `--${option}`)],
      ['ignore', 'ignore', 'pipe'],
    );
    this.#process = server;
    const log = transcribe([server.stderr as Readable], String);
    await log.until((line) => line.includes('DHCP, '), { within: PATIENCE });
  }

  /** Ends it and removes its files. */
  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.#directory, { recursive: true });
  }

  async #stop(): Promise<void> {
    if (this.#process !== undefined) await terminate(this.#process, 'SIGTERM');
    rmSync(join(this.#directory, 'leases'), { force: true });
  }
}

/** A DHCP client (busybox's udhcpc) on an interface. */
export class DhcpClient {
  /** What it has done: "deconfig", "bound 198.18.10.50", "renew 198.18.10.50". */
  readonly deeds: Transcript<string>;
  readonly #process: ChildProcess;

  constructor(namespace: Namespace, device: string) {
    const timing = ['-t', '20', '-T', '1', '-A', '1'];
    const command = ['udhcpc', '-f', '-i', device, '-s', script, ...timing];
    this.#process = namespace.spawn(command, ['ignore', 'pipe', 'ignore']);
    this.deeds = transcribe([this.#process.stdout as Readable], (line) => line.trimEnd());
  }

  /** Asks for the lease to be prolonged; resolves when it has this address, be it the same. */
  renew(address: Address): Promise<string> {
    const since = this.deeds.entries.length;
    this.#process.kill('SIGUSR1');
    return this.deeds.until((deed) => deed.endsWith(` ${address}`), { within: PATIENCE, since });
  }

  /** Gives the lease back; resolves when the interface has no address any more. */
  release(): Promise<string> {
    const since = this.deeds.entries.length;
    this.#process.kill('SIGUSR2');
    return this.deeds.until((deed) => deed === 'deconfig', { within: PATIENCE, since });
  }
}
