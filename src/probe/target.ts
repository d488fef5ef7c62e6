import type { Address } from '../network/address.ts';
import type { Query } from './dns.ts';
import type { WebPage } from './http.ts';
import type { Endpoint } from './tcp.ts';

/** A host that is pinged. */
export interface EchoTarget {
  readonly method: 'echo';
  readonly address: Address;
}

/** A target that is asked by itself, not by the socket that all echo requests of an uplink share. */
export type SoloTarget =
  | ({ readonly method: 'tcp' } & Endpoint)
  | ({ readonly method: 'dns' } & Query)
  | ({ readonly method: 'http' } & WebPage)
  | { readonly method: 'neighbour' };

/** What is asked through an uplink whether the internet is there. A plain value. */
export type Target = EchoTarget | SoloTarget;

/** A target as people read it; no two targets of a configuration have the same name. */
export function targetName(target: Target): string {
  switch (target.method) {
    case 'echo':
      return target.address;
    case 'tcp':
      return `tcp ${target.address.includes(':') ? `[${target.address}]` : target.address}:${target.port}`;
    case 'dns':
      return `dns ${target.server} ${target.name} ${target.type}`;
    case 'http':
      return target.url;
    case 'neighbour':
      return 'gateway';
  }
}
