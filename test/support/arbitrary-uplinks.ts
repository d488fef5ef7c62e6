import fc from 'fast-check';
import { number } from '../../src/plan/numbering.ts';
import { type PlannedUplink, plan, type WantedState } from '../../src/plan/plan.ts';

const attachment = fc.record({
  routable: fc.boolean(),
  ip: fc.integer({ min: 2, max: 5 }),
  gateway: fc.integer({ min: 1, max: 2 }),
  present: fc.boolean(),
});

const uplink = fc.record({ weight: fc.integer({ min: 1, max: 256 }), selected: fc.boolean(), attachment });

/** Uplinks eth0, eth1 ... with everything about them left to chance. */
const uplinks = fc.array(uplink, { minLength: 1, maxLength: 6 }).map((all) =>
  all.map(({ attachment: { present, routable, ip, gateway }, ...rest }, id): PlannedUplink => {
    const addresses = { ip: `198.18.${id}.${ip}`, gateway: `198.18.${id}.${gateway}` };
    return {
      interface: `eth${id}`,
      ...rest,
      attachment: present ? { index: id + 2, routable, ...addresses } : { routable: false },
    };
  }),
);

const bases = fc.record({
  base_table: fc.constantFrom(1, 3, 1000),
  base_priority: fc.constantFrom(40000, 40001, 1000),
  base_fwmark: fc.constantFrom(1, 256),
});

/** Any plan that a configuration and its uplinks can lead to. */
export const wantedStates: fc.Arbitrary<WantedState> = fc
  .tuple(uplinks, bases)
  .map(([all, first]) => plan(all, number(all.length, first)));
