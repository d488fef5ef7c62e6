import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import type { Internet } from '../support/internet.ts';
import { targets } from '../support/topology.ts';
import { transcribe } from '../support/waiting.ts';
import { main } from '../support/program.ts';

/** A fenced block of a document: what stands behind the fence, and what it holds. */
export interface Block {
  readonly info: string;
  readonly text: string;
}

/** A file of the project. */
export function textOf(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

/** The blocks of a document in their order. */
export function blocksOf(document: string): Block[] {
  const text = textOf(document);
  return [...text.matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(([, info = '', block = '']) => ({
    info,
    text: block,
  }));
}

/** From the addresses that documents speak of (RFC 5737, RFC 1918, the default targets) to those of the laboratory. */
const ADDRESSES: readonly (readonly [string, string])[] = [
  ['192.168.1.', '198.18.0.'],
  ['198.51.100.', '198.18.10.'],
  ['203.0.113.', '198.18.11.'],
  ...['8.8.8.8', '8.8.4.4', '208.67.222.222', '208.67.220.220', '4.2.2.2', '4.2.2.3'].map(
    (target, index) => [target, targets[index] ?? ''] as const,
  ),
];

/**
 * Commands of the system that a laboratory cannot have, as far as documents use them; `systemctl` returns when the
 * daemon has done what it was asked for.
 */
const COMMANDS: Readonly<Record<string, string>> = {
  fault_tolerant_router: `exec "${process.execPath}" "${main}" "$@"`,
  make: '[ "$*" = deb ]',
  'apt-get': '[ "$1" = install ]',
  journalctl: '[ "$*" = "--unit fault-tolerant-router --no-pager" ] && cat "$HERE/journal"',
  systemctl: `
    planned() { until fault_tolerant_router plan | grep -q 'as planned'; do sleep 0.05; done; }
    case "$*" in
      "enable nftables" | "enable fault-tolerant-router") ;;
      "enable --now fault-tolerant-router" | "restart fault-tolerant-router")
        mkdir -p /var/log/fault-tolerant-router
        fault_tolerant_router monitor >"$HERE/journal" 2>&1 </dev/null & echo $! >"$HERE/pid"; planned ;;
      "reload fault-tolerant-router")
        kill -HUP "$(cat "$HERE/pid")"; until grep -q 'in force' "$HERE/journal"; do sleep 0.05; done ;;
      *) exit 1 ;;
    esac`,
};

/** Follows a document in a laboratory, on a router whose /etc, /run, /var/lib and /var/log are its own. */
export class Walkthrough {
  readonly directory: string;
  readonly #internet: Internet;
  readonly #pid: number;

  private constructor(internet: Internet, directory: string, pid: number) {
    this.#internet = internet;
    this.directory = directory;
    this.#pid = pid;
  }

  static async begin(test: TestContext, internet: Internet): Promise<Walkthrough> {
    const directory = mkdtempSync(join(tmpdir(), 'ftr-walk-'));
    test.after(() => rmSync(directory, { recursive: true }));
    for (const name of ['bin', 'etc', 'log']) mkdirSync(join(directory, name));
    for (const [name, script] of Object.entries(COMMANDS)) {
      const file = join(directory, 'bin', name);
      writeFileSync(file, `#!/bin/sh -e\nHERE='${directory}'\n${script}\n`);
      chmodSync(file, 0o755);
    }
    const prepare = `
      cp -a /etc/. "$1/etc"
      mount --bind "$1/etc" /etc
      mount --bind "$1/log" /var/log
      mount -t tmpfs none /run
      mount -t tmpfs none /var/lib
      rm -f /etc/fault_tolerant_router.conf
      : >/etc/nftables.conf
      echo 'fault-tolerant-router:x:64999:' >>/etc/group
      echo ready
      exec sleep infinity`;
    const holder = internet.router.spawn(['unshare', '--mount', 'sh', '-ec', prepare, 'sh', directory]);
    await transcribe([holder.stdout as Readable], String).until((line) => line === 'ready', { within: 8000 });
    return new Walkthrough(internet, directory, holder.pid ?? 0);
  }

  /** What the daemon has printed so far. */
  get journal(): string {
    return readFileSync(join(this.directory, 'journal'), 'utf8');
  }

  /** Writes the configuration. */
  configure(text: string): void {
    writeFileSync(join(this.directory, 'etc/fault_tolerant_router.conf'), translated(text), { mode: 0o600 });
  }

  /** Does what a block says, of this kind: a configuration, or commands on the router or in the LAN; what they print. */
  follow({ info, text }: Block): string {
    const script = translated(text);
    if (info === 'yaml') this.configure(text);
    else if (info === 'sh lan') return this.#internet.client.exec(['sh', '-ec', script]);
    else if (info === 'sh') {
      const path = `PATH=${join(this.directory, 'bin')}:${process.env['PATH']}`;
      const inside = ['nsenter', '--target', String(this.#pid), '--mount', 'env', path];
      return this.#internet.router.exec([...inside, 'sh', '-ec', script]);
    }
    return '';
  }
}

function translated(text: string): string {
  return ADDRESSES.reduce((done, [from, to]) => done.replaceAll(from, to), text);
}
