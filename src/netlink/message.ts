import { align } from './attribute.ts';
import { malformed } from './error.ts';
import { Layout, text, u32 } from './layout.ts';
import { concatenate, LITTLE_ENDIAN, struct, structView } from './struct.ts';

/** Types of control messages; linux/netlink.h. */
export const NLMSG_NOOP = 1;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

/** Flags of requests. */
export const NLM_F_REQUEST = 0x1;
export const NLM_F_MULTI = 0x2;
export const NLM_F_ACK = 0x4;
export const NLM_F_DUMP = 0x300;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;

/** Flags of answers. */
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_CAPPED = 0x100;
export const NLM_F_ACK_TLVS = 0x200;

const HEADER = 16;
const NLMSGERR_ATTR_MSG = 1;
const NLMSGERR_ATTR_OFFS = 2;

/** One netlink message; linux/netlink.h, struct nlmsghdr. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Port of the socket whose request it answers or tells of; 0 is the kernel itself. */
  readonly portId: number;
  readonly payload: Uint8Array;
}

/** How the kernel ended a request: errno 0 is success. */
export interface Acknowledgement {
  /** Positive. */
  readonly errno: number;
  readonly kernelText?: string;
  /** Byte of the request that the kernel objects to. */
  readonly offset?: number;
}

const extendedAck = new Layout<Omit<Acknowledgement, 'errno'>>({
  kernelText: [NLMSGERR_ATTR_MSG, text],
  offset: [NLMSGERR_ATTR_OFFS, u32],
});

/**
 * The messages of a datagram; payloads are views of it. Throws NetlinkError EBADMSG when a header's length is
 * impossible.
 */
export function* readMessages(datagram: Uint8Array): Generator<Message> {
  const view = structView(datagram, 0);
  for (let offset = 0; offset + HEADER <= datagram.length; ) {
    const length = view.getUint32(offset, LITTLE_ENDIAN);
    if (length < HEADER || offset + length > datagram.length)
      throw malformed(`a message claims ${length} of ${datagram.length - offset} bytes`);
    yield {
      type: view.getUint16(offset + 4, LITTLE_ENDIAN),
      flags: view.getUint16(offset + 6, LITTLE_ENDIAN),
      sequence: view.getUint32(offset + 8, LITTLE_ENDIAN),
      portId: view.getUint32(offset + 12, LITTLE_ENDIAN),
      payload: datagram.subarray(offset + HEADER, offset + length),
    };
    offset += align(length);
  }
}

/** The bytes of a message. */
export function writeMessage({ type, flags, sequence, portId, payload }: Message): Uint8Array<ArrayBuffer> {
  const header = struct(HEADER, (view) => {
    view.setUint32(0, HEADER + payload.length, LITTLE_ENDIAN);
    view.setUint16(4, type, LITTLE_ENDIAN);
    view.setUint16(6, flags, LITTLE_ENDIAN);
    view.setUint32(8, sequence, LITTLE_ENDIAN);
    view.setUint32(12, portId, LITTLE_ENDIAN);
  });
  return concatenate([header, payload]);
}

/**
 * What an NLMSG_ERROR says: a negative errno, the header of the request, the request itself unless
 * NLM_F_CAPPED, attributes if NLM_F_ACK_TLVS. Throws NetlinkError EBADMSG.
 */
export function readError({ flags, payload }: Message): Acknowledgement {
  const view = structView(payload, 4 + HEADER);
  const echoed = flags & NLM_F_CAPPED ? HEADER : align(view.getUint32(4, LITTLE_ENDIAN));
  return readAcknowledgement(view.getInt32(0, LITTLE_ENDIAN), flags, payload.subarray(4 + echoed));
}

/** What an NLMSG_DONE says: the end of a dump, or why it ended early. Throws NetlinkError EBADMSG. */
export function readDone({ flags, payload }: Message): Acknowledgement {
  const view = structView(payload, 4);
  return readAcknowledgement(view.getInt32(0, LITTLE_ENDIAN), flags, payload.subarray(4));
}

function readAcknowledgement(error: number, flags: number, attributes: Uint8Array): Acknowledgement {
  // Only failures are negative: a finished dump may leave a count of no meaning in its DONE.
  const errno = error < 0 ? -error : 0;
  return { errno, ...(flags & NLM_F_ACK_TLVS ? extendedAck.decode(attributes) : {}) };
}
