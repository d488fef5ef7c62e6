import { systemClock } from './clock.ts';
import { ConfigurationError } from './config/fault.ts';
import { loadConfiguration } from './config/load.ts';
import type { Configuration } from './config/schema.ts';
import { operationRoutes } from './control/operations.ts';
import type { Route } from './control/route.ts';
import { controlServer } from './control/server.ts';
import { controlPath, listen } from './control/socket.ts';
import { status } from './control/status.ts';
import { statusLine } from './control/status-line.ts';
import { spoolDirectory } from './delivery/spool.ts';
import { Mailer, mailSpool } from './mail/mailer.ts';
import { deliver } from './mail/smtp.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { Machine } from './monitor/machine.ts';
import { Monitor } from './monitor/monitor.ts';
import { describe, type Line } from './observe/line.ts';
import type { Log } from './observe/log.ts';
import type { ServiceManager } from './observe/service-manager.ts';
import { Watchdog } from './observe/watchdog.ts';

export interface DaemonSettings {
  /** Path of the configuration file: read again on SIGHUP. */
  readonly file: string;
  /** Nothing outside the process is touched: no control socket, no mail, no log file. */
  readonly demo: boolean;
  /** Absent: nobody watches over this process. */
  readonly manager?: ServiceManager | undefined;
}

/**
 * Runs the monitor until SIGTERM or SIGINT. The routing stays as it is then: what works goes on working.
 * SIGHUP puts the whole new configuration in force, or none of it when it has faults.
 */
export function runDaemon(
  configuration: Configuration,
  machine: Machine,
  log: Log,
  { file, demo, manager }: DaemonSettings,
): void {
  const mailer = demo
    ? undefined
    : new Mailer(configuration.email, {
        clock: machine.clock,
        spool: mailSpool(spoolDirectory(process.env)),
        deliver,
        report: (line) => log.write(line),
      });
  const monitor = new Monitor(configuration, machine, (event) => {
    mailer?.observe(event);
    if (event.kind === 'changed') manager?.status(routing());
    // A word for every probe is worth its making only when somebody reads it.
    if (!log.debug && (event.kind === 'probed' || event.kind === 'checked')) return;
    for (const line of describe(event)) log.write(line);
  });
  const routing = () => statusLine(status(monitor, systemClock.now()));
  const control = demo ? undefined : controlServer(routes(monitor, machine.kernel));
  if (control !== undefined)
    listen(control, controlPath(process.env), undefined).then(
      (warning) => warning !== undefined && log.write({ severity: 'warning', text: warning }),
      (error: Error) =>
        log.write({ severity: 'warning', text: `The daemon cannot be asked for anything: ${error.message}` }),
    );

  let since = new Date();
  const takeOver = (next: Configuration) => {
    monitor.reload(next);
    mailer?.reload(next.email);
    if (!demo) log.reload(next.log);
  };
  process.on('SIGHUP', () => {
    manager?.reloading(systemClock.now());
    if (reload(file, takeOver, log, since)) since = new Date();
    manager?.ready(routing());
  });
  // Sent by who rotates logs. Each line opens the file anew anyhow, but unheard it would open Node's debugger.
  process.on('SIGUSR1', () => {});
  const stop = (signal: NodeJS.Signals) => {
    log.write({
      severity: 'notice',
      event: 'stopped',
      text: `Monitor stopped by ${signal}, the routing stays as it is`,
    });
    manager?.stopping();
    watchdog?.close();
    monitor.stop();
    mailer?.close();
    control?.close();
    control?.closeAllConnections();
    process.off('SIGTERM', stop).off('SIGINT', stop).removeAllListeners('SIGHUP');
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  // Last: whoever reads that it has started may send signals.
  monitor.start();
  manager?.ready(routing());
  const watchdog =
    manager?.patience === undefined
      ? undefined
      : new Watchdog(manager.patience, {
          clock: systemClock,
          kernel: machine.kernel,
          monitor,
          alive: () => manager.alive(routing()),
          changed: (ailment) => log.write(describeHealth(ailment)),
        });
}

function describeHealth(ailment: string | undefined): Line {
  return ailment === undefined
    ? { severity: 'notice', text: 'Watchdog: all works again' }
    : { severity: 'error', text: `Watchdog: a restart is due unless this passes: ${ailment}` };
}

/** Everything that may be asked of the daemon. */
function routes(monitor: Monitor, kernel: Kernel): Route[] {
  return [
    { method: 'GET', path: '/v1/status', handle: () => status(monitor, systemClock.now()) },
    ...operationRoutes(monitor, kernel, () => systemClock.now()),
  ];
}

/** True when the new configuration is in force. */
function reload(
  file: string,
  takeOver: (configuration: Configuration) => void,
  log: Log,
  since: Date,
): boolean {
  try {
    takeOver(loadConfiguration(file));
    log.write({ severity: 'notice', event: 'reloaded', text: `Configuration of ${file} is in force` });
    return true;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const text of error.message.split('\n'))
      log.write({ severity: 'error', event: 'reload_failed', text, fields: { REASON: text } });
    log.write({
      severity: 'error',
      event: 'reload_failed',
      text: `The daemon goes on with the configuration of ${since.toTimeString().slice(0, 8)}`,
    });
    return false;
  }
}
