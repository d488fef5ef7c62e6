import type { Namespace } from '../support/namespace.ts';

/** Rule sets of the shape that other programs load; addresses are those of the test site. */

/** Where containers live. */
export const containers = {
  bridge: 'docker0',
  router: '198.18.2.1',
  host: '198.18.2.2',
  prefix: '198.18.2.0/24',
} as const;

/** A port of the router that leads to the same port of a container. */
export const publishedPort = 7;

/** Docker 27 with a bridge and a published port, for iptables-nft-restore --noflush. */
export const docker = `*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s ${containers.prefix} ! -o ${containers.bridge} -j MASQUERADE
-A DOCKER -i ${containers.bridge} -j RETURN
-A DOCKER ! -i ${containers.bridge} -p tcp -m tcp --dport ${publishedPort} -j DNAT --to-destination ${containers.host}:${publishedPort}
COMMIT
*filter
:FORWARD DROP [0:0]
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -o ${containers.bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o ${containers.bridge} -j DOCKER
-A FORWARD -i ${containers.bridge} -j ACCEPT
-A DOCKER -d ${containers.host}/32 ! -i ${containers.bridge} -o ${containers.bridge} -p tcp -m tcp --dport ${publishedPort} -j ACCEPT
-A DOCKER-USER -i eth0 -j ACCEPT
-A DOCKER-USER -o eth0 -j ACCEPT
-A DOCKER-USER -j RETURN
COMMIT
`;

/** Tailscale as a subnet router, and kube-proxy's marks, for iptables-nft-restore --noflush. */
export const tailscale = `*mangle
:KUBE-MARK-MASQ - [0:0]
-A PREROUTING -i eth0 -j MARK --set-xmark 0x40000/0xff0000
-A PREROUTING -i eth0 -j KUBE-MARK-MASQ
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
COMMIT
*filter
:ts-forward - [0:0]
-I FORWARD -j ts-forward
-A ts-forward -i tailscale0 -j MARK --set-xmark 0x40000/0xff0000
-A ts-forward -m mark --mark 0x40000/0xff0000 -m mark --mark 0x4000/0x4000
-A ts-forward -s 100.64.0.0/10 -o tailscale0 -j DROP
COMMIT
`;

/** firewalld with the zones of a router, cut down to a chain of each kind, for nft. */
export const firewalld = `table inet firewalld {
  chain mangle_PREROUTING {
    type filter hook prerouting priority mangle + 10; policy accept;
  }
  chain nat_PREROUTING {
    type nat hook prerouting priority dstnat + 10; policy accept;
  }
  chain nat_POSTROUTING {
    type nat hook postrouting priority srcnat + 10; policy accept;
  }
  chain filter_INPUT {
    type filter hook input priority filter + 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    ct state invalid drop
  }
  chain filter_FORWARD {
    type filter hook forward priority filter + 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname { "eth0", "${containers.bridge}" } accept
    ct state invalid drop
    reject with icmpx admin-prohibited
  }
}
`;

/** fail2ban's nftables-multiport action, for nft. */
export const fail2ban = `table inet f2b-table {
  set addr-set-sshd {
    type ipv4_addr
    elements = { 198.18.200.1 }
  }
  chain f2b-chain {
    type filter hook input priority filter - 1; policy accept;
    tcp dport { 22 } ip saddr @addr-set-sshd reject
  }
}
`;

/** Who marks packets and connections by other bits than ours, and counts those that have lost them on their way out. */
export const marker = `table inet marker {
  counter lost { }
  chain first {
    type filter hook prerouting priority raw + 110
    meta mark set meta mark | 0x40000
    ct mark set ct mark | 0x80000
  }
  chain last {
    type filter hook postrouting priority mangle + 10
    iifname "eth*" meta mark & 0x40000 == 0 counter name lost
    iifname "eth*" ct mark & 0x80000 == 0 counter name lost
  }
}`;

/** How many packets have lost a mark of the marker. */
export function unmarked(router: Namespace): number {
  const counter = router.exec(['nft', 'list', 'counter', 'inet', 'marker', 'lost']);
  return Number(/packets (\d+)/.exec(counter)?.[1] ?? Number.NaN);
}
