import type { Address } from '../network/address.ts';

/** What is asked through an uplink whether the internet is there. A plain value. */
export type Target = { readonly method: 'echo'; readonly address: Address };

/** A target as people read it; no two targets of a configuration have the same name. */
export function targetName({ address }: Target): string {
  return address;
}
