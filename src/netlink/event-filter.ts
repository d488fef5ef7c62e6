import { assemble, DROP, LOAD_BYTE, LOAD_HALF, NEXT, PASS } from '../native/bpf.ts';
import { NUD_FAILED, NDM_STATE_OFFSET, RTM_DELNEIGH, RTM_NEWNEIGH } from './neighbour.ts';
import { RTM_DELROUTE, RTM_DST_LEN_OFFSET, RTM_NEWROUTE, RTM_TABLE_OFFSET } from './route.ts';
import { struct, LITTLE_ENDIAN } from './struct.ts';
import { RT_TABLE_DEFAULT, RT_TABLE_LOCAL, RT_TABLE_MAIN } from './table.ts';

const TYPE = 4; // offset of nlmsg_type in struct nlmsghdr
const PAYLOAD = 16; // its size

/**
 * A filter for an event socket (struct sock_filter[]) that keeps what a policy router need not know from
 * waking it: routes of the tables main, local and default, of which a routing daemon may change a thousand a second,
 * but for the default routes of main, and neighbours that have not failed, of which a large LAN is full. Multicast datagrams hold one
 * message each, so the first decides.
 */
export function policyRoutingFilter(): Uint8Array {
  return assemble([
    { operation: LOAD_HALF, k: TYPE },
    { equals: hostOrder(RTM_NEWROUTE), to: 'route', otherwise: NEXT },
    { equals: hostOrder(RTM_DELROUTE), to: 'route', otherwise: NEXT },
    { equals: hostOrder(RTM_NEWNEIGH), to: 'neighbour', otherwise: NEXT },
    { equals: hostOrder(RTM_DELNEIGH), to: 'neighbour', otherwise: PASS },
    // Tables above 255 have RT_TABLE_COMPAT in this byte.
    { label: 'route', operation: LOAD_BYTE, k: PAYLOAD + RTM_TABLE_OFFSET },
    { equals: RT_TABLE_MAIN, to: 'main', otherwise: NEXT },
    { equals: RT_TABLE_LOCAL, to: DROP, otherwise: NEXT },
    { equals: RT_TABLE_DEFAULT, to: DROP, otherwise: PASS },
    { label: 'main', operation: LOAD_BYTE, k: PAYLOAD + RTM_DST_LEN_OFFSET },
    { equals: 0, to: PASS, otherwise: DROP },
    { label: 'neighbour', operation: LOAD_HALF, k: PAYLOAD + NDM_STATE_OFFSET },
    { equals: hostOrder(NUD_FAILED), to: PASS, otherwise: DROP },
  ]);
}

/** What BPF, which loads in network order, sees of a u16 in host order. */
function hostOrder(value: number): number {
  return struct(2, (view) => view.setUint16(0, value, LITTLE_ENDIAN)).reduce(
    (sum, byte) => sum * 256 + byte,
    0,
  );
}
