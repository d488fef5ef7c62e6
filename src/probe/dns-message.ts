/*
 * DNS messages as RFC 1035 defines them: one question, and of the response what tells whether it was answered.
 */

/** Types of records that can be asked for; RFC 1035, section 3.2.2, and RFC 3596. */
export const RECORD_TYPES = { A: 1, NS: 2, SOA: 6, MX: 15, TXT: 16, AAAA: 28 } as const;
export type RecordType = keyof typeof RECORD_TYPES;

export interface Question {
  /** 16 bits. */
  readonly id: number;
  /** A domain name in ASCII, with a dot at its end or not; "." is the root. */
  readonly name: string;
  readonly type: RecordType;
}

/** A response to a question of ours. */
export interface Response {
  /** "NOERROR", or why there is no answer: "NXDOMAIN", "SERVFAIL" ... */
  readonly status: string;
  /** The server had more to say than a datagram holds. */
  readonly truncated: boolean;
  /** The data of the records of the asked type: of an A record, the 4 bytes of the address. */
  readonly records: readonly Uint8Array[];
}

const HEADER = 12;
const RESPONSE = 0x8000;
const OPCODE = 0x7800;
const TRUNCATED = 0x0200;
const RECURSION_DESIRED = 0x0100;
const RCODE = 0x000f;
const CLASS_IN = 1;
/** Type, class, time to live and length of the data. */
const RECORD_HEADER = 10;

/** A query for recursion; throws RangeError for what is no domain name. */
export function encodeQuery(question: Question): Uint8Array {
  const header = new Uint8Array(HEADER);
  const view = new DataView(header.buffer);
  view.setUint16(0, question.id);
  view.setUint16(2, RECURSION_DESIRED);
  view.setUint16(4, 1); // QDCOUNT
  return Uint8Array.of(...header, ...encodeQuestion(question));
}

/**
 * Reads a datagram from a server. Undefined when it is no response to the question, whose bytes it has to
 * repeat: somebody else's, or a forgery. "malformed" when it is one that cannot be read to its end.
 */
export function decodeResponse(message: Uint8Array, question: Question): Response | 'malformed' | undefined {
  const asked = encodeQuestion(question);
  if (message.length < HEADER + asked.length) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const flags = view.getUint16(2);
  const isResponse = (flags & (RESPONSE | OPCODE)) === RESPONSE;
  if (view.getUint16(0) !== question.id || !isResponse || view.getUint16(4) !== 1) return undefined;
  if (!asked.every((byte, index) => lowerCase(byte) === lowerCase(message[HEADER + index]))) return undefined;
  const records = readAnswers(view, HEADER + asked.length, RECORD_TYPES[question.type]);
  const truncated = (flags & TRUNCATED) !== 0;
  return records === undefined ? 'malformed' : { status: status(flags & RCODE), truncated, records };
}

/** The data of the answers of a type; undefined when the message ends before they do. */
function readAnswers(view: DataView, start: number, wanted: number): Uint8Array[] | undefined {
  const records: Uint8Array[] = [];
  let offset = start;
  for (let count = view.getUint16(6); count > 0; count--) {
    const header = skipName(view, offset);
    const data = header + RECORD_HEADER;
    if (data > view.byteLength) return undefined;
    offset = data + view.getUint16(header + 8);
    if (offset > view.byteLength) return undefined;
    if (view.getUint16(header) === wanted && view.getUint16(header + 2) === CLASS_IN)
      records.push(new Uint8Array(view.buffer, view.byteOffset + data, offset - data));
  }
  return records;
}

/**
 * The offset behind a name, beyond the message where it does not end. A pointer ends a name and is not followed
 * (RFC 1035, section 4.1.4): pointers that lead in a circle do no harm.
 */
function skipName(view: DataView, start: number): number {
  let offset = start;
  while (offset < view.byteLength) {
    const length = view.getUint8(offset);
    if (length === 0) return offset + 1;
    if (length >= 0xc0) return offset + 2;
    if (length >= 0x40) break; // a kind of label that does not exist
    offset += 1 + length;
  }
  return Number.POSITIVE_INFINITY;
}

function encodeQuestion({ name, type }: Question): Uint8Array {
  const labels = name
    .replace(/\.$/, '')
    .split('.')
    .map((label) => new TextEncoder().encode(label));
  const root = name === '.';
  const encoded = root ? [] : labels.flatMap((label) => [label.length, ...label]);
  if (encoded.length > 254 || (!root && labels.some(({ length }) => length < 1 || length > 63)))
    throw new RangeError(`"${name}" is not a domain name`);
  return Uint8Array.of(...encoded, 0, 0, RECORD_TYPES[type], 0, CLASS_IN);
}

/** Names are compared without regard to case, RFC 4343; length bytes are below the letters. */
function lowerCase(byte = 0): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

/** Response codes as RFC 1035, section 4.1.1, defines and IANA names them. */
function status(code: number): string {
  return ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'][code] ?? `RCODE ${code}`;
}
