import type { Payload } from './payload.ts';

/** Where programs are looked for: what systemd gives a service, systemd.exec(5). */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The whole environment of a hook's program; docs/hooks.md. Nothing of the daemon's own is in it: neither its
 * credentials nor the sockets of the service manager. Pure.
 */
export function environment({ uplink, uplinks, routing, version, ...rest }: Payload): Record<string, string> {
  return {
    PATH,
    FTR_VERSION: String(version),
    ...variables('FTR', rest),
    FTR_ROUTING: routing.join(' '),
    ...(uplink && described('FTR_UPLINK', uplink)),
    FTR_UPLINKS: String(uplinks.length),
    ...Object.assign({}, ...uplinks.map((one, index) => described(`FTR_UPLINKS_${index}`, one))),
  };
}

/** An uplink: its interface under the name itself, what else is known of it below. */
function described(name: string, { interface: device, ...rest }: Payload['uplinks'][number]) {
  return { [name]: device, ...variables(name, rest) };
}

/** What is not there is empty, so that a script may ask for it under `set -u`. */
function variables(
  prefix: string,
  values: Readonly<Record<string, string | number | null>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`${prefix}_${key.toUpperCase()}`, String(value ?? '')]),
  );
}
