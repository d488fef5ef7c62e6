import { WHOLE_MARK } from '../plan/numbering.ts';
import { connectionMark, setMark } from './mark.ts';
import type { WanInterface, Zones } from './zones.ts';

/**
 * A rule set for `nft -f`, for IPv4: the same as iptablesRules(), in one table of its own, with sets and maps
 * in place of a rule for each uplink. Loading it again replaces that table in one step.
 */
export function nftablesRules(zones: Zones): string {
  return `\
#!/usr/sbin/nft -f
# IPv4 rules, made by "fault_tolerant_router generate_nftables".
#
# Loading them again replaces this table in one step, and touches no other. "nft --check -f" tries them and
# changes nothing.

table ip fault_tolerant_router
delete table ip fault_tolerant_router

table ip fault_tolerant_router {
${[uplinks(zones), marking(zones), translation(zones), filter(zones)].join('\n\n')}
}
`;
}

function uplinks({ wan, markMask }: Zones): string {
  const fixed = wan.flatMap(({ interface: name, address }) =>
    address === undefined ? [] : [`      "${name}" : ${address},`],
  );
  const addresses = `

  # The address that connections get; the interface's present one where none stands here.
  map addresses {
    type ifname : ipv4_addr
    elements = {
${fixed.join('\n')}
    }
  }`;
  return `\
  set uplinks {
    type ifname
    elements = {
${wan.map(({ interface: name, label }) => `      "${name}", # ${label}`).join('\n')}
    }
  }

  # The marks of the connections that each carries${markMask === WHOLE_MARK ? wholeMarks(wan) : maskedMarks(wan, markMask)}${fixed.length === 0 ? '' : addresses}`;
}

function wholeMarks(wan: readonly WanInterface[]): string {
  return `.
  map marks {
    type ifname : mark
    elements = {
${wan.map(({ interface: name, mark }) => `      "${name}" : ${mark},`).join('\n')}
    }
  }`;
}

/** Two marks cannot be put together in one statement: each uplink has a chain for either way. */
function maskedMarks(wan: readonly WanInterface[], mask: number): string {
  const chains = wan.map(
    ({ mark: value }) => `
  chain lead_${value} {
    ${setMark('meta', { value, mask })}
  }

  chain keep_${value} {
    ${setMark('ct', { value, mask })}
  }`,
  );
  return `: lead_ gives one
  # to a packet, keep_ to its connection. Bits that do not belong to this program stay as they are.
  map packets {
    type mark : verdict
    elements = {
${wan.map(({ mark }) => `      ${mark} : jump lead_${mark},`).join('\n')}
    }
  }

  map connections {
    type ifname : verdict
    elements = {
${wan.map(({ interface: name, mark }) => `      "${name}" : jump keep_${mark},`).join('\n')}
    }
  }
${chains.join('\n')}`;
}

/** The statements that mark packets and connections, for a rule to end with. */
function statements({ wan: [first], markMask }: Zones) {
  if (markMask === WHOLE_MARK)
    return {
      restore: 'meta mark set ct mark',
      keep: (key: 'iifname' | 'oifname') => `ct mark set ${key} map @marks`,
      sample: `ct mark set ${first?.mark}`,
    };
  return {
    restore: `${connectionMark(markMask)} vmap @packets`,
    keep: (key: 'iifname' | 'oifname') => `${key} vmap @connections`,
    sample: `jump keep_${first?.mark}`,
  };
}

function marking(zones: Zones): string {
  const { inner } = zones;
  const { restore, keep, sample } = statements(zones);
  const inside = inner.map(({ interface: name }) => `"${name}"`).join(', ');
  return `\
  chain mark_incoming {
    type filter hook prerouting priority mangle

    # New connections whose uplink you choose, whatever the balancing: mail that has to come from one
    # address, for instance. Uncomment, and say which they are (ip saddr, ip daddr, tcp dport ...).
    #iifname { ${inside} } ct state new tcp dport PORT ${sample}

    # A packet from inside gets the mark of its connection, which leads it to the connection's uplink. A new
    # connection has no mark and is balanced, unless it was given one above.
    iifname { ${inside} } ${restore}

    # A connection that comes in by an uplink is answered by it.
    ct state new ${keep('iifname')}
  }

  chain mark_own {
    type route hook output priority mangle

    # So are the connections to this router itself, whichever of its addresses was asked.
    ct state established ct direction reply ${restore}
  }

  chain mark_outgoing {
    type filter hook postrouting priority mangle

    # A connection that goes out by an uplink stays with it.
    ct state new ${keep('oifname')}
  }`;
}

function translation({ wan }: Zones): string {
  const [first] = wan;
  const rules = [
    ...(wan.some(({ address }) => address !== undefined) ? ['snat to oifname map @addresses'] : []),
    ...(wan.some(({ address }) => address === undefined) ? ['oifname @uplinks masquerade'] : []),
  ];
  return `\
  chain translate_destination {
    type nat hook prerouting priority dstnat

    # HOSTs inside that are to be reached from the internet, by all uplinks. Uncomment. A host in the LAN has to
    # be let in by WAN_LAN, too.
    #iifname @uplinks fib daddr type local tcp dport PORT dnat to HOST
  }

  chain translate_source {
    type nat hook postrouting priority srcnat

    # HOSTs inside whose connections get another ADDRESS of the uplink. Uncomment.
    #ip saddr HOST oifname "${first?.interface}" snat to ADDRESS

    # All others get the uplink's address.
${rules.map((rule) => `    ${rule}`).join('\n')}
  }`;
}

function filter({ inner }: Zones): string {
  const ssh = inner.flatMap(({ zone, interface: name }) =>
    zone === 'LAN' ? [`    iifname "${name}" tcp dport 22 accept`] : [],
  );
  const between = inner.flatMap(({ zone, interface: name }) => [
    `    iifname "${name}" oifname @uplinks jump ${zone}_WAN`,
    `    iifname @uplinks oifname "${name}" jump WAN_${zone}`,
  ]);
  const verdicts = inner.map(
    ({ zone }) => `\
  chain ${zone}_WAN {
    accept
  }

  chain WAN_${zone} {
    ${zone === 'DMZ' ? 'accept' : 'reject'}
  }`,
  );
  return `\
  # To this router: answers to what it sent itself, the probes of the uplinks included, and SSH from the LAN,
  # so that its administrator is not locked out. Add what else it serves, DNS and DHCP for instance.
  chain input {
    type filter hook input priority filter; policy drop;
    iif "lo" accept
    ct state established,related accept
${ssh.join('\n')}
  }

  # Through this router. Add your own rules: between LAN and DMZ nothing passes yet.
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
${between.join('\n')}
  }

${verdicts.join('\n\n')}`;
}
