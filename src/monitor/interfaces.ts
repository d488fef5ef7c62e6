import type { Kernel } from '../kernel/kernel.ts';
import type { DefaultRoute } from '../network/default-route.ts';
import type { Link } from '../network/link.ts';
import { followedFamily, type LinkSettings } from '../uplink/attachment.ts';

/** What uplinks hang on. */
export interface Interfaces {
  readonly links: readonly Link[];
  /** Of the table `main`, those over interfaces whose uplinks find their gateway there. */
  readonly defaults: readonly DefaultRoute[];
}

/** Reads what these lines hang on; throws as the kernel does. */
export function readInterfaces(kernel: Kernel, lines: readonly LinkSettings[]): Interfaces {
  const links = kernel.links();
  const defaults = lines.flatMap((line) => {
    const family = followedFamily(line);
    return family === undefined ? [] : kernel.defaults(line.interface, family);
  });
  return { links, defaults };
}
