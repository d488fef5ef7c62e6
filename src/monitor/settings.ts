import type { Configuration } from '../config/schema.ts';
import type { ProbePlan } from '../probe/prober.ts';
import type { LinkSettings } from '../uplink/attachment.ts';
import type { Candidate } from '../uplink/selection.ts';

/** An uplink's section of the configuration. */
export type UplinkSettings = Configuration['uplinks'][number];

/** The part of the settings that says which line an uplink is. */
export function linkSettings(settings: UplinkSettings): LinkSettings {
  const { interface: name } = settings;
  if (settings.type === 'ppp') return { type: 'ppp', interface: name };
  return { type: 'static', interface: name, ip: settings.ip, gateway: settings.gateway };
}

/** The part that decides about new connections. */
export function candidate({
  interface: name,
  priority_group: priorityGroup,
}: UplinkSettings): Omit<Candidate, 'up'> {
  return { name, ...(priorityGroup !== undefined && { priorityGroup }) };
}

/** How uplinks are probed. */
export function probePlan({ tests }: Configuration): ProbePlan {
  return {
    targets: tests.ips,
    rules: { needed: tests.required_successful, attempts: tests.ping_retries, timeout: tests.timeout * 1000 },
    interval: tests.interval * 1000,
  };
}
