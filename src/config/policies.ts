import * as z from 'zod';
import { choice, duration, interfaceName, mistaken, text, wholeNumber } from './kind.ts';
import { quote } from './quote.ts';
import { section } from './section.ts';
import { network, networkOrSet, oneOrMore, ports, serviceClass } from './traffic.ts';

const PROTOCOLS = ['tcp', 'udp', 'sctp', 'dccp', 'icmp', 'gre', 'esp', 'ah'] as const;

const match = section({
  source: oneOrMore(networkOrSet(), 'IP networks')
    .optional()
    .meta({
      description:
        "Where they come from. This router's own connections have no address yet: a policy with a source is not for them.",
      examples: ['10.0.5.0/24'],
    }),
  destination: oneOrMore(networkOrSet(), 'IP networks')
    .optional()
    .meta({ description: 'Where they go to.', examples: ['198.51.100.0/24'] }),
  protocol: oneOrMore(choice('a protocol', PROTOCOLS), 'protocols')
    .optional()
    .meta({ description: 'What they carry; `icmp` is that of either family.', examples: ['udp'] }),
  sport: oneOrMore(ports(), 'ports')
    .optional()
    .meta({ description: 'Port that they come from; needs a `protocol` with ports.', examples: [5060] }),
  dport: oneOrMore(ports(), 'ports')
    .optional()
    .meta({
      description: 'Port that they go to; needs a `protocol` with ports.',
      examples: [['5060', '10000-20000']],
    }),
  dscp: oneOrMore(serviceClass(), 'DSCPs')
    .optional()
    .meta({
      description: 'Class of service that they ask for, by name or number; needs Linux 6.13.',
      examples: ['ef'],
    }),
  interface: oneOrMore(interfaceName(), 'interface names')
    .optional()
    .meta({ description: 'Interface that they come in by; `lo`: this router itself.', examples: ['eth0'] }),
});

const MEMBERS = ['uplink', 'group', 'uplinks'] as const;

const use = section({
  uplink: text('the description or interface of an uplink')
    .optional()
    .meta({ description: 'Description or interface of the uplink.', examples: ['Fibre'] }),
  group: wholeNumber(0)
    .optional()
    .meta({ description: 'The working uplinks of this `priority_group`, by their weights.', examples: [2] }),
  uplinks: z
    .record(z.string(), wholeNumber(1, 256), {
      error: ({ input }) => `${quote(input)} stands where "uplink: weight" lines are needed`,
    })
    .refine((weights) => Object.keys(weights).length > 0, { error: 'no uplink is named' })
    .optional()
    .meta({
      title: 'weights by uplink',
      description: 'The working ones of these uplinks, by these weights.',
      examples: [{ Fibre: 3, LTE: 1 }],
    }),
  else: choice('a last resort', ['any', 'unreachable', 'blackhole'])
    .default('any')
    .describe(
      'While none of them works: `any`: the uplinks that carry other new connections; `unreachable`: the sender is told; `blackhole`: nobody is.',
    ),
}).refine((keys) => MEMBERS.filter((key) => keys[key] !== undefined).length === 1, {
  error: `exactly one of ${MEMBERS.join(', ')} is needed, or the word bypass`,
  // An unknown key is what was meant to be one.
  when: ({ issues }) => issues.length === 0,
});

/** The longest time for which a client may be remembered, seconds. */
const WEEK = 604_800;

/** Which new connections go by which uplinks. */
export const policySection = section({
  name: text('a name for people').meta({
    description: 'Name of the policy in messages.',
    examples: ['voice'],
  }),
  match: match
    .optional()
    .describe(
      'What new connections it is for: everything that stands here has to fit, of a list one item. Absent: all.',
    ),
  use: z
    .union([z.literal('bypass', { error: mistaken('a section with uplinks, or the word bypass') }), use])
    .describe(
      'Which uplinks carry them. `bypass`: none is chosen; the main table decides, with its default route; what has no route there goes on with the next policies.',
    ),
  sticky: duration(1, WEEK)
    .optional()
    .meta({
      description:
        'A client, by its address, keeps to the uplink that carried its last connection of this policy, so long after it; needs `firewall.manage`.',
      examples: ['10m'],
    }),
});

export const addressSets = z
  .record(z.string(), oneOrMore(network(), 'IP networks'), {
    error: ({ input }) => `${quote(input)} stands where "name: networks" lines are needed`,
  })
  .meta({
    title: 'IP networks by name',
    description: 'Names for IP networks, or lists of them, to be used in policies.',
    examples: [{ branches: '198.51.100.0/24' }],
  });

export type PolicySection = z.output<typeof policySection>;
