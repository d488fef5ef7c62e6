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
  machine.write(CONFIGURATION, JSON.stringify(site.settings));
  return { site, machine };
}
