import { netlinkAddress } from '../src/native/sockaddr.ts';
import { type Attribute, writeAttributes } from '../src/netlink/attribute.ts';
import { u8, u16be, u32be } from '../src/netlink/layout.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, writeMessage } from '../src/netlink/message.ts';
import { addressFamily, concatenate } from '../src/netlink/struct.ts';
import { NETLINK_NETFILTER, openSocket } from '../src/netlink/transport.ts';
import { addressBytes } from '../src/network/address.ts';

/** linux/netfilter/nfnetlink_conntrack.h. */
const CT_NEW = 1 << 8;
const CTA_TUPLE_ORIG = 1;
const CTA_TUPLE_REPLY = 2;
const CTA_TIMEOUT = 7;
const CTA_MARK = 8;
const CTA_TUPLE_IP = 1;
const CTA_TUPLE_PROTO = 2;
const CTA_IP_V4_SRC = 1;
const CTA_IP_V4_DST = 2;
const CTA_PROTO_NUM = 1;
const CTA_PROTO_SRC_PORT = 2;
const CTA_PROTO_DST_PORT = 3;
const NLA_F_NESTED = 0x8000;

const IPPROTO_UDP = 17;
/** Seconds. */
const TIMEOUT = 600;
/** The kernel works on so many messages of one datagram. */
const BATCH = 200;
/** Ports of one host. */
const PORTS = 60_000;

/** One direction of a connection; addresses as bytes. */
interface Tuple {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/**
 * Has connection tracking of this network namespace know so many UDP connections with a mark, over IPCTNL_MSG_CT_NEW. What
 * the kernel refuses is not told: whoever needs it counts.
 */
export function addConnections(count: number, mark: number): void {
  const socket = openSocket(NETLINK_NETFILTER, { slots: 1, slotSize: 4096 });
  const kernel = netlinkAddress();
  for (let first = 0; first < count; first += BATCH) {
    const size = Math.min(BATCH, count - first);
    socket.send(
      concatenate(Array.from({ length: size }, (_, index) => addition(first + index, mark))),
      kernel,
    );
  }
  socket.close();
}

function addition(index: number, mark: number): Uint8Array {
  const there: Tuple = {
    source: addressBytes(`198.18.${mark}.${1 + Math.floor(index / PORTS)}`),
    destination: addressBytes('198.19.0.1'),
    sourcePort: 1024 + (index % PORTS),
    destinationPort: 53,
  };
  const back: Tuple = {
    source: there.destination,
    destination: there.source,
    sourcePort: there.destinationPort,
    destinationPort: there.sourcePort,
  };
  const payload = concatenate([
    Uint8Array.of(addressFamily(4), 0, 0, 0), // struct nfgenmsg
    writeAttributes([
      nested(CTA_TUPLE_ORIG, tuple(there)),
      nested(CTA_TUPLE_REPLY, tuple(back)),
      { type: CTA_TIMEOUT, value: u32be.encode(TIMEOUT) },
      { type: CTA_MARK, value: u32be.encode(mark) },
    ]),
  ]);
  const flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL;
  return writeMessage({ type: CT_NEW, flags, sequence: 0, portId: 0, payload });
}

function tuple({ source, destination, sourcePort, destinationPort }: Tuple): Attribute[] {
  return [
    nested(CTA_TUPLE_IP, [
      { type: CTA_IP_V4_SRC, value: source },
      { type: CTA_IP_V4_DST, value: destination },
    ]),
    nested(CTA_TUPLE_PROTO, [
      { type: CTA_PROTO_NUM, value: u8.encode(IPPROTO_UDP) },
      { type: CTA_PROTO_SRC_PORT, value: u16be.encode(sourcePort) },
      { type: CTA_PROTO_DST_PORT, value: u16be.encode(destinationPort) },
    ]),
  ];
}

function nested(type: number, attributes: readonly Attribute[]): Attribute {
  return { type: type | NLA_F_NESTED, value: writeAttributes(attributes) };
}
