import { systemClock } from './clock.ts';
import type { Configuration } from './config/schema.ts';
import { eventsRoute } from './control/events.ts';
import { operationRoutes } from './control/operations.ts';
import { reloadRoute } from './control/reload.ts';
import type { Route } from './control/route.ts';
import { controlServer } from './control/server.ts';
import { ControlSocket } from './control/socket.ts';
import { statusRoute, uplinkStatuses } from './control/status.ts';
import { statusLine } from './control/status-line.ts';
import { stateDirectory } from './delivery/state-file.ts';
import { Hooks } from './hooks/hooks.ts';
import { OfflineFile, offlinePath } from './hooks/offline-file.ts';
import { Mailer, mailSpool } from './mail/mailer.ts';
import { deliver } from './mail/smtp.ts';
import type { Machine } from './monitor/machine.ts';
import { Monitor } from './monitor/monitor.ts';
import type { Tracer } from './monitor/tracer.ts';
import { EventHistory } from './observe/history.ts';
import { describe, type Line } from './observe/line.ts';
import type { Log } from './observe/log.ts';
import type { ServiceManager } from './observe/service-manager.ts';
import { Watchdog } from './observe/watchdog.ts';
import { Reloader } from './reload.ts';

export interface DaemonSettings {
  /** Path of the configuration file: read again on SIGHUP. */
  readonly file: string;
  /** Nothing outside the process is touched: no control socket, no mail, no hook, no log file; only a trace, where one is wanted. */
  readonly demo: boolean;
  /** Absent: nobody watches over this process. */
  readonly manager?: ServiceManager | undefined;
  /** Absent: what decisions are made of is not recorded. */
  readonly trace?: { readonly tracer: Tracer; readonly close: () => Promise<void> } | undefined;
}

/**
 * Runs the monitor until SIGTERM or SIGINT. The routing stays as it is then: what works goes on working.
 * SIGHUP puts the whole new configuration in force, or none of it when it has faults.
 */
export function runDaemon(
  configuration: Configuration,
  machine: Machine,
  log: Log,
  { file, demo, manager, trace }: DaemonSettings,
): void {
  const history = new EventHistory();
  const report = (line: Line) => {
    history.add(line, new Date());
    log.write(line);
  };
  const mailer = demo
    ? undefined
    : new Mailer(configuration.email, {
        clock: machine.clock,
        spool: mailSpool(stateDirectory(process.env)),
        deliver,
        report,
      });
  const hooks = demo
    ? undefined
    : new Hooks(configuration.hooks, {
        clock: machine.clock,
        directory: stateDirectory(process.env),
        report,
        standings: () => monitor.standings(),
      });
  const offline = demo ? undefined : new OfflineFile(offlinePath(stateDirectory(process.env)), report);
  const monitor = new Monitor(
    configuration,
    machine,
    (event) => {
      mailer?.observe(event);
      hooks?.observe(event);
      offline?.observe(event, () => monitor.standings());
      if (event.kind === 'changed') manager?.status(routing());
      // A word for every probe is worth its making only when somebody reads it.
      if (!log.debug && (event.kind === 'probed' || event.kind === 'checked')) return;
      for (const line of describe(event)) report(line);
    },
    trace?.tracer,
  );
  const routing = () => statusLine(uplinkStatuses(monitor, machine.clock.now()));
  const takeOver = (next: Configuration) => {
    monitor.reload(next);
    mailer?.reload(next.email);
    hooks?.reload(next.hooks);
    if (demo) return;
    log.reload(next.log);
    control?.reload(next.control);
  };
  const reloader = new Reloader(file, takeOver, report);
  const reload = () => {
    manager?.reloading(systemClock.now());
    try {
      return reloader.reload();
    } finally {
      manager?.ready(routing());
    }
  };
  const routes: Route[] = [
    statusRoute(
      monitor,
      () => machine.clock.now(),
      () => reloader.since,
    ),
    eventsRoute(history),
    reloadRoute(file, reload, () => monitor.kernelFaults),
    ...operationRoutes(monitor, machine.kernel, () => machine.clock.now()),
  ];
  const control = demo
    ? undefined
    : new ControlSocket(
        () => controlServer(routes),
        (text) => report({ severity: 'warning', text }),
      );
  control?.reload(configuration.control);

  process.on('SIGHUP', reload);
  // Sent by who rotates logs. Each line opens the file anew anyhow, but unheard it would open Node's debugger.
  process.on('SIGUSR1', () => {});
  const stop = (signal: NodeJS.Signals) => {
    report({
      severity: 'notice',
      event: 'stopped',
      text: `Monitor stopped by ${signal}, the routing stays as it is`,
    });
    manager?.stopping();
    watchdog?.close();
    monitor.stop();
    void trace?.close();
    mailer?.close();
    hooks?.close();
    control?.close();
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
          changed: (ailment) => report(describeHealth(ailment)),
        });
}

function describeHealth(ailment: string | undefined): Line {
  return ailment === undefined
    ? { severity: 'notice', event: 'watchdog', text: 'Watchdog: all works again' }
    : {
        severity: 'error',
        event: 'watchdog',
        text: `Watchdog: a restart is due unless this passes: ${ailment}`,
        fields: { REASON: ailment },
      };
}
