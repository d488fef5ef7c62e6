import { join } from 'node:path';
import { replaceFile } from '../delivery/state-file.ts';
import type { MonitorEvent, UplinkSummary } from '../monitor/event.ts';
import type { Standing } from '../monitor/news.ts';
import type { Line } from '../observe/line.ts';

/** The file in the state directory that tells others whether this router is offline. */
export function offlinePath(directory: string): string {
  return join(directory, 'offline');
}

/**
 * Whether no uplink works of those that carry new connections: when none does, the last ones still carry them, to
 * nowhere. An administrator's word goes before the tests. Pure.
 */
export function isOffline(standings: readonly Standing[]): boolean {
  return !standings.some(({ is }) => is.routing && works(is));
}

function works({ up, override }: UplinkSummary): boolean {
  return override === 'up' || up;
}

/**
 * Keeps "1" in a file while this router is offline, else "0", for the track_file of keepalived.conf(5). The file is
 * replaced, never opened for writing, so that it is whole at every moment; keepalived watches its directory. When the
 * daemon ends it stays as it is, as the routing does. Whoever tells it an event never waits.
 */
export class OfflineFile {
  readonly #path: string;
  readonly #report: (line: Line) => void;
  #offline: boolean | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string, report: (line: Line) => void) {
    this.#path = path;
    this.#report = report;
  }

  /** `standings` are the uplinks after the event. */
  observe({ kind }: MonitorEvent, standings: () => readonly Standing[]): void {
    if (kind !== 'changed' && kind !== 'started') return;
    const offline = isOffline(standings());
    if (offline === this.#offline) return;
    this.#offline = offline;
    this.#last = this.#last.then(() => this.#write(offline ? '1\n' : '0\n'));
  }

  async #write(text: string): Promise<void> {
    try {
      await replaceFile(this.#path, text);
    } catch (error) {
      // Another try with the next event.
      this.#offline = undefined;
      const fault = `${this.#path} cannot be written: ${(error as Error).message}`;
      this.#report({ severity: 'warning', text: `Whether this router is offline cannot be told, ${fault}` });
    }
  }
}
