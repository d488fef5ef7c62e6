import type { Configuration } from '../config/schema.ts';
import type { ProbePlan } from '../probe/prober.ts';
import type { Target } from '../probe/target.ts';
import type { Endpoint } from '../probe/tcp.ts';
import type { LinkSettings } from '../uplink/attachment.ts';
import type { Candidate } from '../uplink/selection.ts';

/**
 * A silent line is left after so much of the interval: who asks often wants to know soon, who asks seldom wants to be
 * sure.
 */
const SILENCE = 0.4;
/** Parts of the probes whose loss is too much for a line in service, and for one that shall return to it. */
const LEAVING_LOSS = 0.2;
const RETURNING_LOSS = 0.05;

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

/** How an uplink is probed. */
export function probePlan({ tests }: Configuration, uplink: UplinkSettings): ProbePlan {
  const targets = targetsOf(tests, uplink);
  const interval = tests.interval * 1000;
  return {
    targets,
    rules: {
      needed: Math.min(tests.required_successful, targets.length),
      attempts: tests.ping_retries,
      timeout: tests.timeout * 1000,
      interval,
      silence: SILENCE * interval,
      leavingLoss: LEAVING_LOSS,
      returningLoss: RETURNING_LOSS,
    },
  };
}

/** A PPP link has no neighbours: its targets are the others. */
function targetsOf(tests: Configuration['tests'], { type }: UplinkSettings): Target[] {
  const { ips, targets: others = [] } = tests;
  const resolvers = tests.resolvers ?? others.flatMap(({ dns }) => dns?.server ?? []);
  return [
    ...ips.map((address) => ({ method: 'echo', address }) as const),
    ...others.flatMap(({ tcp, dns, http, neighbour }): Target[] => {
      if (tcp !== undefined) return [{ method: 'tcp', ...endpoint(tcp) }];
      if (dns !== undefined) return [{ method: 'dns', ...dns }];
      if (http !== undefined) return [{ method: 'http', ...http, resolvers }];
      return neighbour !== undefined && type !== 'ppp' ? [{ method: 'neighbour' }] : [];
    }),
  ];
}

/** The parts of "192.0.2.1:443". */
function endpoint(text: string): Endpoint {
  const [address = '', port] = text.split(':');
  return { address, port: Number(port) };
}
