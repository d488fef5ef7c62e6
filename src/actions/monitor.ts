import { loadConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/schema.ts';
import { controlPath, isServed } from '../control/socket.ts';
import { runDaemon } from '../daemon.ts';
import { missingCapabilities } from '../kernel/capabilities.ts';
import { Journal, leadsToJournal } from '../observe/journal.ts';
import { Log } from '../observe/log.ts';
import { ServiceManager } from '../observe/service-manager.ts';
import { type Action, EX_NOPERM } from './action.ts';
import { machine } from './machine.ts';

/** Runs the daemon in the foreground. */
export const monitor: Action = async ({ file, debug, demo, options: { record } }) => {
  const configuration = demo ? lively(loadConfiguration(file)) : loadConfiguration(file);
  const missing = demo ? [] : missingCapabilities();
  if (missing.length > 0)
    return refuse(
      EX_NOPERM,
      `not permitted, without ${missing.join(' and ')}: run it as root, or with the capabilities ` +
        'CAP_NET_ADMIN (for rules and routes) and CAP_NET_RAW (for probes)',
    );
  // Two would undo each other's routes for ever.
  const socket = controlPath(configuration.control, process.env);
  if (!demo && (await isServed(socket).catch(() => false)))
    return refuse(1, `a daemon is running already: it answers at ${socket}`);
  const log = new Log(
    {
      debug,
      journal: leadsToJournal(process.env) ? new Journal() : undefined,
      file: demo ? undefined : configuration.log,
      directory: process.env['LOGS_DIRECTORY'],
    },
    (text) => process.stdout.write(text),
  );
  // Whoever read along may go: the routing is more important than its log.
  process.stdout.on('error', () => {});
  const manager = demo ? undefined : serviceManager(log);
  // Loaded when it is wanted: nobody else shall wait for it.
  const trace =
    typeof record === 'string' ? (await import('./recording.ts')).recording(record, log) : undefined;
  if (typeof record === 'string' && trace === undefined)
    return refuse(1, `${record} is there already, and is no trace`);
  runDaemon(configuration, machine(configuration, demo), log, { file, demo, manager, trace });
  return undefined;
};

function refuse(status: number, reason: string): number {
  process.stderr.write(`fault_tolerant_router: ${reason}\n`);
  return status;
}

/** The daemon does its work without one, too. */
function serviceManager(log: Log): ServiceManager | undefined {
  try {
    return ServiceManager.take(process.env, process.pid);
  } catch (error) {
    log.write({
      severity: 'warning',
      text: `The service manager cannot be told anything: ${(error as Error).message}`,
    });
    return undefined;
  }
}

/** With checks that follow each other as fast as somebody likes to watch them. */
function lively(configuration: Configuration): Configuration {
  const { tests } = configuration;
  return { ...configuration, tests: { ...tests, interval: Math.min(tests.interval, 5) } };
}
