import fc from 'fast-check';
import type { Family } from '../../src/network/address.ts';
import { number } from '../../src/plan/numbering.ts';
import type { PlannedUplink } from '../../src/plan/default-route.ts';
import { plan, type WantedState } from '../../src/plan/plan.ts';
import type { Match, Policy } from '../../src/plan/policy.ts';

const attachment = fc.record({
  routable: fc.boolean(),
  ip: fc.integer({ min: 2, max: 5 }),
  gateway: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
  onlink: fc.boolean(),
  present: fc.boolean(),
});

const line = fc.record({
  weight: fc.integer({ min: 1, max: 256 }),
  selected: fc.boolean(),
  fitness: fc.constantFrom('good', 'last', undefined),
  attachment,
});

const uplink = fc.record({ ipv4: line, ipv6: fc.option(line, { nil: undefined }) });

/** Uplinks eth0, eth1 ... with everything about them left to chance. */
export const uplinks = fc
  .array(uplink, { minLength: 1, maxLength: 6 })
  .map((all) =>
    all.flatMap(({ ipv4, ipv6 }, position) => [
      planned(ipv4, 4, position),
      ...(ipv6 === undefined ? [] : [planned(ipv6, 6, position)]),
    ]),
  );

type Line = typeof line extends fc.Arbitrary<infer Value> ? Value : never;

function planned({ attachment, ...rest }: Line, family: Family, position: number): PlannedUplink {
  const { present, routable, ip, gateway, onlink } = attachment;
  const network = family === 4 ? `198.18.${position}.` : `2001:db8:${position}::`;
  const addresses = {
    ip: network + ip,
    ...(gateway !== undefined && { gateway: network + gateway, ...(onlink && { onlink }) }),
  };
  return {
    family,
    interface: `eth${position}`,
    position,
    ...rest,
    attachment: present ? { index: position + 2, routable, ...addresses } : { routable: false },
  };
}

const bases = fc.record({
  base_table: fc.constantFrom(1, 3, 1000),
  base_priority: fc.constantFrom(40000, 40001, 1000),
  base_fwmark: fc.constantFrom(1, 256),
  firewall: fc.constantFrom({}, { fwmark_mask: 0xffff }),
});

const matches = fc.subarray<Match>([
  { ipProtocol: 17, dport: { first: 5060, last: 5061 } },
  { iif: 'lan0', dscp: 46 },
  { ipProtocol: 6 },
]);

/** Policies that name any of six uplinks. */
export const policies: fc.Arbitrary<Policy[]> = fc.array(
  fc.record(
    {
      name: fc.constant('policy'),
      matches: fc.record({ 4: matches, 6: matches }),
      use: fc.record({
        weights: fc
          .array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 256 })), { minLength: 1 })
          .map((entries) => new Map(entries)),
        otherwise: fc.constantFrom('any', 'unreachable', 'blackhole'),
      }),
    },
    { requiredKeys: ['name', 'matches'] },
  ),
  { maxLength: 3 },
);

/** Any plan that a configuration and its uplinks can lead to. */
export const wantedStates: fc.Arbitrary<WantedState> = fc
  .tuple(uplinks, policies, bases)
  .map(([all, some, first]) => {
    const positions = new Set(all.map(({ position }) => position));
    return plan(all, number({ uplinks: [...positions].map(() => ({})), policies: some, ...first }), {
      policies: some,
    });
  });
