import type { Family } from '../network/address.ts';
import type { Sysctl } from '../network/sysctl.ts';

/** By what the kernel chooses among the ways of a route: source and destination, or protocol and ports, too. */
export type BalanceBy = 'address' | 'connection';

/**
 * Values of fib_multipath_hash_policy; ip-sysctl.rst. By default IPv6 looks at the flow label, too, which hosts choose
 * anew for each connection: there the fields are named.
 */
const POLICIES = {
  4: { address: '0', connection: '1' },
  6: { address: '3', connection: '1' },
} as const;
const CUSTOM = '3';
/** Source and destination address: FIB_MULTIPATH_HASH_FIELD_*, net/ip_fib.h of Linux. */
const ADDRESSES = '3';

const POLICY = ['fib_multipath_hash_policy'];
const FIELDS = ['fib_multipath_hash_fields'];

/** The settings that have the kernel choose so; none where the system's are to stay. */
export function hashSysctls(family: Family, balanceBy: BalanceBy | undefined): Sysctl[] {
  if (balanceBy === undefined) return [];
  const value = POLICIES[family][balanceBy];
  return [
    ...(value === CUSTOM ? [{ family, path: FIELDS, value: ADDRESSES }] : []),
    { family, path: POLICY, value },
  ];
}

/** What the settings of a kernel come to; `read` gives the value of one. */
export function balancedBy(
  family: Family,
  read: (name: { family: Family; path: readonly string[] }) => string | undefined,
): BalanceBy | 'other' {
  const policy = read({ family, path: POLICY });
  if (policy === '0') return 'address';
  if (policy === CUSTOM) return read({ family, path: FIELDS }) === ADDRESSES ? 'address' : 'other';
  return policy === '1' ? 'connection' : 'other';
}
