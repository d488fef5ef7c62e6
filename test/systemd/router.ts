import type { TestContext } from 'node:test';
import { Site } from '../kernel/site.ts';
import type { UplinkOptions } from '../support/topology.ts';
import { installed } from './installation.ts';
import { Machine } from './machine.ts';

/** Where the unit has its configuration. */
export const CONFIGURATION = '/etc/fault_tolerant_router.conf';
export const UNIT = 'fault-tolerant-router.service';

/**
 * The router of a small internet as a machine with systemd on which the program is installed and configured; not
 * started yet.
 */
export async function bootRouter(
  test: TestContext,
  lines: readonly UplinkOptions[],
): Promise<{ readonly site: Site; readonly machine: Machine }> {
  const site = await Site.build(test, lines);
  const machine = await Machine.boot(test, site.router, [installed()]);
  await machine.exec('systemd-sysusers');
  await configure(machine, site.settings);
  return { site, machine };
}

/** Writes the configuration file, given as its values or as its text, so that root and the service can read it. */
export async function configure(machine: Machine, configuration: object | string): Promise<void> {
  const text = typeof configuration === 'string' ? configuration : JSON.stringify(configuration, null, 2);
  machine.write(CONFIGURATION, text, 0o640);
  await machine.exec(`chgrp fault-tolerant-router ${CONFIGURATION}`);
}
