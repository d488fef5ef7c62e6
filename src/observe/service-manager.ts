import { AF_UNIX, unixAddress } from '../native/sockaddr.ts';
import { SOCK_DGRAM, Socket } from '../native.ts';

/** What a service tells of itself; sd_notify(3). */
type State = Readonly<Record<string, string | number>>;

/** Who started this process and wants to know how it stands: systemd, or another that speaks sd_notify(3). */
export class ServiceManager {
  /** It ends this process when it gets no sign of life for so long, ms; undefined: it does not watch. */
  readonly patience: number | undefined;
  readonly #socket: Socket;
  readonly #address: Uint8Array;

  private constructor(socket: string, patience: number | undefined) {
    this.#address = unixAddress(socket);
    this.#socket = new Socket(AF_UNIX, SOCK_DGRAM, 0, { slots: 1, slotSize: 1 });
    this.patience = patience;
  }

  /**
   * The one that the environment names (NOTIFY_SOCKET, and WATCHDOG_USEC unless WATCHDOG_PID is another's;
   * sd_watchdog_enabled(3)); undefined when there is none. Takes the variables out: what they say is not meant for
   * this process's children. Throws RangeError or SystemError.
   */
  static take(environment: NodeJS.ProcessEnv, pid: number): ServiceManager | undefined {
    const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: limit, WATCHDOG_PID: watched } = environment;
    for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name];
    if (socket === undefined || socket === '') return undefined;
    const watches = limit !== undefined && (watched === undefined || Number(watched) === pid);
    return new ServiceManager(socket, watches ? Number(limit) / 1000 : undefined);
  }

  /** The service has started, or a reload has ended. `status` is one line for people. */
  ready(status: string): void {
    this.#tell({ READY: 1, STATUS: status });
  }

  /** The service works. Says all that `ready` says, in case that was lost. */
  alive(status: string): void {
    this.#tell({ READY: 1, STATUS: status, WATCHDOG: 1 });
  }

  status(status: string): void {
    this.#tell({ STATUS: status });
  }

  /** A reload has begun, at `now` (CLOCK_MONOTONIC, ms); `ready` ends it. */
  reloading(now: number): void {
    this.#tell({ RELOADING: 1, MONOTONIC_USEC: Math.floor(now * 1000) });
  }

  stopping(): void {
    this.#tell({ STOPPING: 1 });
  }

  #tell(state: State): void {
    const lines = Object.entries(state).map(([name, value]) => `${name}=${value}\n`);
    try {
      this.#socket.send(new TextEncoder().encode(lines.join('')), this.#address);
    } catch {
      // A manager that is busy or being replaced misses it and hears the same with the next sign of life.
    }
  }
}
