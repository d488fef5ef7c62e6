import { WHOLE_MARK } from '../plan/numbering.ts';
import type { WanInterface, Zones } from './zones.ts';

/**
 * A rule set in the format of iptables-save(8), for IPv4: connections keep their uplink by their mark,
 * addresses are translated, and from the internet only the DMZ is reached. Chains and marks are those of
 * fault_tolerant_router 1.x.
 */
export function iptablesRules(zones: Zones): string {
  return [HEADER, mangle(zones), nat(zones), filter(zones)].join('\n');
}

const HEADER = `\
# IPv4 rules for iptables-restore, made by "fault_tolerant_router generate_iptables".
#
# Loading them replaces everything in the tables mangle, nat and filter: put your own rules here too, or these
# among your own. "iptables-restore --test" tries them and changes nothing.
`;

function mangle({ wan, inner, markMask }: Zones): string {
  const restoreMark = restoringMark(markMask);
  const setMark = (mark: number) => settingMark(mark, markMask);
  const choose = ({ mark }: WanInterface) =>
    inner.map(
      (network) =>
        `#-A PREROUTING -i ${network.interface} -m conntrack --ctstate NEW -p tcp --dport PORT ${setMark(mark)}`,
    );
  return `\
*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]

# New connections whose uplink you choose, whatever the balancing: mail that has to come from one address, for
# instance. Uncomment, and say which they are (-s, -d, -p, --dport ...).
${labelled(wan, choose)}

# A packet from inside gets the mark of its connection, which leads it to the connection's uplink. A new
# connection has no mark and is balanced, unless it was given one above.
${lines(inner, (network) => `-A PREROUTING -i ${network.interface} ${restoreMark}`)}

# So do the answers of this router itself, whichever of its addresses was asked.
-A OUTPUT -m conntrack --ctstate ESTABLISHED --ctdir REPLY ${restoreMark}

# A connection that comes in by an uplink is answered by it.
${labelled(wan, (uplink) => `-A PREROUTING -i ${uplink.interface} -m conntrack --ctstate NEW ${setMark(uplink.mark)}`)}

# A connection that goes out by an uplink stays with it.
${labelled(wan, (uplink) => `-A POSTROUTING -o ${uplink.interface} -m conntrack --ctstate NEW ${setMark(uplink.mark)}`)}

COMMIT
`;
}

function restoringMark(mask: number): string {
  const bits = mask === WHOLE_MARK ? '' : ` --nfmask ${mask} --ctmask ${mask}`;
  return `-j CONNMARK --restore-mark${bits}`;
}

function settingMark(mark: number, mask: number): string {
  return mask === WHOLE_MARK ? `-j CONNMARK --set-mark ${mark}` : `-j CONNMARK --set-xmark ${mark}/${mask}`;
}

function nat({ wan }: Zones): string {
  return `\
*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]

# HOSTs inside that are to be reached from the internet. Uncomment, and say by which of the uplink's addresses
# and ports (-d, -p, --dport ...). A host in the LAN has to be let in by WAN_LAN, too.
${labelled(wan, (uplink) => `#-A PREROUTING -i ${uplink.interface}${destination(uplink)} -j DNAT --to-destination HOST`)}

# HOSTs inside whose connections get another ADDRESS of the uplink. Uncomment.
${labelled(wan, (uplink) => `#-A POSTROUTING -s HOST -o ${uplink.interface} -j SNAT --to-source ADDRESS`)}

# All others get the uplink's address.
${labelled(wan, (uplink) => `-A POSTROUTING -o ${uplink.interface} ${translation(uplink)}`)}

COMMIT
`;
}

function destination({ address }: WanInterface): string {
  return address === undefined ? '' : ` -d ${address}`;
}

function translation({ address }: WanInterface): string {
  return address === undefined ? '-j MASQUERADE' : `-j SNAT --to-source ${address}`;
}

function filter({ wan, inner }: Zones): string {
  const between = lines(inner, ({ zone, interface: name }) =>
    [
      ...wan.map((uplink) => `-A FORWARD -i ${name} -o ${uplink.interface} -j ${zone}_WAN`),
      ...wan.map((uplink) => `-A FORWARD -i ${uplink.interface} -o ${name} -j WAN_${zone}`),
    ].join('\n'),
  );
  return `\
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
${lines(inner, ({ zone }) => `:${zone}_WAN - [0:0]\n:WAN_${zone} - [0:0]`)}

# To this router: answers to what it sent itself, the probes of the uplinks included, and SSH from the LAN,
# so that its administrator is not locked out. Add what else it serves, DNS and DHCP for instance.
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
${lines(inner, ({ zone, interface: name }) => (zone === 'LAN' ? `-A INPUT -i ${name} -p tcp --dport 22 -j ACCEPT` : []))}

# Through this router. Add your own rules: between LAN and DMZ nothing passes yet.
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
${between}

${lines(inner, ({ zone }) => `-A ${zone}_WAN -j ACCEPT\n-A WAN_${zone} -j ${zone === 'DMZ' ? 'ACCEPT' : 'REJECT'}`)}

COMMIT
`;
}

/** The lines for each uplink, below a comment that names it. */
function labelled(wan: readonly WanInterface[], render: (uplink: WanInterface) => string | string[]): string {
  return lines(wan, (uplink) => [`# ${uplink.label}`, render(uplink)].flat());
}

function lines<T>(items: readonly T[], render: (item: T) => string | string[]): string {
  return items.flatMap(render).join('\n');
}
