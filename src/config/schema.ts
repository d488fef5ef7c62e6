import * as z from 'zod';
import { hookSection } from './hooks.ts';
import { hostAddress } from './host.ts';
import { ipv6Section } from './ipv6.ts';
import {
  choice,
  flag,
  interfaceName,
  list,
  mailAddress,
  mistaken,
  secret,
  secretPlace,
  socketPath,
  text,
  wholeNumber,
} from './kind.ts';
import { addressSets, policySection } from './policies.ts';
import { noSection, section } from './section.ts';
import { ownTestsSection, testsSection } from './tests.ts';

/*
 * The one definition of the configuration: types, defaults, limits and descriptions. The reference page and
 * the JSON schema are made from it. Keys and meaning are those of fault_tolerant_router 1.x.
 */

const UINT32_MAX = 0xffff_ffff;

const ON_FAILURE =
  'What becomes of the connections of an uplink that fails, or gets another address, once some uplink carries new ones: `flush` has connection tracking forget them, so that the next packet of each begins it anew on a line that works; `keep` leaves them to their time-outs.';
const ON_RETURN =
  'What becomes of connections that fled from an uplink when it carries new ones again in place of others: `keep` leaves them where they are, `move` takes them off the others, a metered line for instance.';

const fates = {
  onFailure: choice('what becomes of connections', ['flush', 'keep']),
  onReturn: choice('what becomes of connections', ['keep', 'move']),
};

/** What every uplink has, whatever its type. */
const line = {
  interface: interfaceName().meta({
    description:
      'Network interface of the uplink: anything that Linux routes over (Ethernet, VLAN, bridge, macvlan, PPP, TUN, WireGuard).',
    examples: ['eth1'],
  }),
  description: text('a name for people').meta({
    description: 'Name of the uplink in messages.',
    examples: ['Fibre'],
  }),
  weight: wholeNumber(1, 256)
    .default(1)
    .describe('Share of new connections, relative to the other working uplinks of the same group.'),
  priority_group: wholeNumber(0)
    .optional()
    .describe(
      'The lowest group with a working uplink carries new outgoing connections. Without a group an uplink serves only incoming connections and those that the firewall forces to it.',
    ),
  id: wholeNumber(0, 65_535)
    .optional()
    .meta({
      description:
        'Number of the uplink, by which its table, mark and rules are told; default: its position in the list, from 0. With it an uplink keeps them wherever it stands.',
      examples: [0],
    }),
  forced: choice('what becomes of connections', ['strict', 'fallback'])
    .optional()
    .meta({
      description:
        'What becomes of connections that the firewall forces to this uplink, by its mark, while it does not work: `fallback` lets them go the way of new connections; absent or `strict`: they wait.',
      examples: ['fallback'],
    }),
  on_failure: fates.onFailure
    .optional()
    .meta({ description: 'As `on_failure` for all, where this uplink is otherwise.', examples: ['flush'] }),
  on_return: fates.onReturn
    .optional()
    .meta({ description: 'As `on_return` for all, where this uplink is otherwise.', examples: ['move'] }),
  tests: ownTestsSection,
  ipv6: ipv6Section
    .optional()
    .describe(
      'The line for IPv6 on the same interface; absent: none. It is tested and used by itself: it may work while that for IPv4 does not.',
    ),
};

const typeError = mistaken('a type of uplink', 'static, ppp, dhcp, auto');

const staticUplink = section({
  ...line,
  type: z
    .literal('static', { error: typeError })
    .describe('The address and the gateway are fixed and stand in this file.'),
  ip: hostAddress().meta({
    description: 'Address of this router on the uplink.',
    examples: ['198.51.100.2'],
  }),
  gateway: hostAddress()
    .optional()
    .meta({
      description:
        "Address of the provider's router, where the type is `static`; several uplinks may have the same. Absent: there is none, as on links that have no neighbours (TUN, WireGuard).",
      examples: ['198.51.100.1'],
    }),
});

/** A type of uplink whose addresses are read from the kernel; `gateway` says where it is found. */
function followed<const Type extends string>(type: Type, description: string, gateway: string) {
  const forbidden = (what: string) => z.never({ error: `not allowed for type ${type}: ${what}` }).optional();
  return section({
    ...line,
    type: z.literal(type, { error: typeError }).describe(description),
    ip: forbidden('the address is read from the interface'),
    gateway: forbidden(gateway),
  });
}

const pppUplink = followed(
  'ppp',
  'The address and the peer are read from the interface and followed when they change.',
  'the peer is read from the interface',
);

const dhcpUplink = followed(
  'dhcp',
  'A DHCP client, whichever it is, sets address and default route; they are read from the interface and from the main table, and followed when they change.',
  'it is read from the default route in the main table',
);

const autoUplink = followed(
  'auto',
  'As `dhcp`; where there is no default route, the peer of a point-to-point link, and else no gateway where a link needs none (TUN, WireGuard).',
  'it is read from the default route in the main table',
);

const uplink = z.discriminatedUnion('type', [staticUplink, pppUplink, dhcpUplink, autoUplink], {
  // Of a value without a known type, the faults that it has under every type are reported.
  unionFallback: true,
  error: noSection,
});

const downlinks = section({
  lan: interfaceName()
    .optional()
    .meta({ description: 'Interface of the local network.', examples: ['eth0'] }),
  dmz: interfaceName()
    .optional()
    .meta({ description: 'Interface of the DMZ; blank for none.', examples: ['eth4'] }),
});

const log = section({
  file: text('the path of a file').meta({
    description: 'Log file.',
    examples: ['/var/log/fault-tolerant-router/router.log'],
  }),
  max_size: wholeNumber(1)
    .default(1_024_000)
    .describe('Bytes that the file holds at most before a new one is begun.'),
  old_files: wholeNumber(0, 1000)
    .default(10)
    .describe('Number of full files that are kept: FILE.0 is the newest of them.'),
});

const smtpParameters = section({
  address: text('the name or address of a mail server')
    .default('localhost')
    .meta({ description: 'Mail server.', examples: ['smtp.example.com'] }),
  port: wholeNumber(1, 65_535).default(25).describe('Its TCP port.'),
  domain: text('a domain')
    .optional()
    .meta({
      description: 'Name by which this router greets the mail server; default: its host name.',
      examples: ['example.com'],
    }),
  authentication: choice('a way to log in', ['plain', 'login', 'cram_md5'])
    .optional()
    .meta({ description: 'How to log in; absent: without.', examples: ['login'] }),
  enable_starttls_auto: flag()
    .default(true)
    .describe('Encrypt the connection when the server offers it (STARTTLS).'),
  openssl_verify_mode: choice('a way to verify', ['peer', 'none'])
    .default('peer')
    .describe("Whether the server's certificate is verified."),
  user_name: text('a user name')
    .optional()
    .meta({ description: 'User name for the login.', examples: ['router'] }),
  password: secret()
    .optional()
    .meta({ description: 'Password for the login.', examples: ['correct horse battery staple'] }),
  password_file: secretPlace()
    .optional()
    .meta({
      description:
        'Instead of `password`: path of a file that holds it and nothing else, or name of a credential of the service (`LoadCredential=` in systemd.exec(5)).',
      examples: ['smtp-password'],
    }),
});

const email = section({
  send: flag().default(false).describe('Whether to send mail when the state of an uplink changes.'),
  sender: mailAddress()
    .optional()
    .meta({ description: 'Address that the mail comes from.', examples: ['router@example.com'] }),
  recipients: list(mailAddress(), 'mail addresses')
    .optional()
    .meta({ description: 'Addresses that get the mail.', examples: [['admin@example.com']] }),
  smtp_parameters: smtpParameters.prefault({}).describe('How to hand the mail over.'),
});

const control = section({
  socket: socketPath()
    .optional()
    .meta({
      description:
        'Unix socket by which a running daemon is asked; default: control.sock in the runtime directory, /run/fault-tolerant-router.',
      examples: ['/run/fault-tolerant-router/control.sock'],
    }),
  group: text('the name or number of a group')
    .optional()
    .meta({
      description:
        'Group whose members may ask the daemon and tell it what to do, beside its owner; absent: nobody.',
      examples: ['netadmin'],
    }),
});

const firewall = section({
  manage: flag()
    .default(false)
    .describe(
      'Whether the daemon has a table of its own in nftables, `inet fault_tolerant_router`, which marks connections and translates addresses, and keeps it as it shall be. It filters nothing and touches no other table. Needs the program nft.',
    ),
  fwmark_mask: wholeNumber(1, UINT32_MAX)
    .optional()
    .meta({
      description:
        'The bits of marks that are ours; default: all 32. The marks of all uplinks must lie within it; the other bits are left to others: Tailscale uses 0xff0000, Kubernetes 0xc000.',
      examples: [0xff],
    }),
});

/**
 * The whole file, each value by itself; what values say together is judged in consistency.ts. Keys are spelt
 * as in the file, durations are seconds.
 */
export const configurationSchema = section({
  uplinks: list(uplink, 'uplinks').describe(
    'The ways to the Internet. The position in the list gives each its number, from 0, where `id` does not.',
  ),
  downlinks: downlinks.prefault({}).describe('The networks behind this router.'),
  tests: testsSection.prefault({}).describe('How uplinks are tested.'),
  balance_by: choice('a way to balance', ['address', 'connection'])
    .optional()
    .meta({
      description:
        "What keeps to one of several uplinks: `address`: all connections of one host to one other; `connection`: each for itself, so that one host may use all of them. Absent: the system's setting stays (net.ipv4.fib_multipath_hash_policy, of both families).",
      examples: ['connection'],
    }),
  policies: list(policySection, 'policies')
    .optional()
    .describe(
      'New connections that go other ways than the rest; the first policy that fits decides. Those of a socket that is bound to an uplink, and established ones that the firewall has marked, keep to their uplink.',
    ),
  address_sets: addressSets.optional(),
  firewall: firewall.prefault({}).describe('What the daemon and firewall rules have to do with each other.'),
  on_failure: fates.onFailure.default('flush').describe(ON_FAILURE),
  on_return: fates.onReturn.default('keep').describe(ON_RETURN),
  log: log
    .optional()
    .describe(
      'Log file; absent: standard output, which systemd hands to the journal. What the file does not take goes there, too.',
    ),
  email: email.optional().describe('Mail about changes; absent: none.'),
  hooks: list(hookSection, 'hooks')
    .optional()
    .describe('Programs and web servers that are told what happens: each has either `command` or `url`.'),
  control: control
    .prefault({})
    .describe('How a running daemon is asked: by status, events, reload and others.'),
  base_table: wholeNumber(1, UINT32_MAX)
    .default(1)
    .describe(
      'First routing table: base_table + number is for each uplink, base_table + N for balancing, where N is one more than the highest number, and those after it for the policies. Tables 253 to 255 belong to the system.',
    ),
  base_priority: wholeNumber(2, UINT32_MAX)
    .default(40_000)
    .describe(
      'First priority of routing rules: 2 N + 1 and one for each policy are used. Below 32766 a default route in the main table is set aside, by one more rule before the first.',
    ),
  base_fwmark: wholeNumber(1, UINT32_MAX)
    .default(1)
    .describe(
      'First connection mark: base_fwmark + number is for each uplink. Firewall rules refer to them. They must lie within `firewall.fwmark_mask`.',
    ),
});

/** What the program works with, defaults filled in. */
export type Configuration = z.output<typeof configurationSchema>;
