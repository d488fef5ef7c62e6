import type { Configuration } from '../config/schema.ts';
import type { Balance, FamilyBalance } from './balance.ts';
import { table } from './table.ts';

type Uplinks = Configuration['uplinks'];

/** For people, in lines. Pure. */
export function balanceText({ families }: Balance, uplinks: Uplinks): string[] {
  return families.flatMap((one, index) => [...(index === 0 ? [] : ['']), ...familyText(one, uplinks)]);
}

const HEADING = ['UPLINK', 'INTERFACE', 'WEIGHT', 'EXPECTED', 'CONNECTIONS', 'SHARE'];

function familyText(one: FamilyBalance, uplinks: Uplinks): string[] {
  const { family, connections, by, elsewhere, refused } = one;
  const balanced = connections - elsewhere - refused;
  const rows = one.uplinks.map((uplink) => [
    uplinks.find((known) => known.interface === uplink.interface)?.description ?? uplink.interface,
    uplink.interface,
    String(uplink.weight),
    percent(uplink.expected),
    String(uplink.connections),
    percent(balanced === 0 ? 0 : uplink.connections / balanced),
  ]);
  const from = one.in === null ? 'this host' : `hosts behind ${one.in}`;
  return [
    `${connections} IPv${family} connections from ${from}; ${KEPT[by]}.`,
    ...table([HEADING, ...rows]),
    ...(elsewhere === 0
      ? []
      : [`${elsewhere} go other ways: by a policy, or by a rule or route of somebody else.`]),
    ...(refused === 0 ? [] : [`${refused} are refused.`]),
  ];
}

const KEPT: Readonly<Record<FamilyBalance['by'], string>> = {
  address: 'those of one host to one other keep to one uplink',
  connection: 'each for itself',
  other: 'spread as net.*.fib_multipath_hash_policy says',
};

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
