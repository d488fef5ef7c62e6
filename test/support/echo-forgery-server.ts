/**
 * A program: answers each echo request that this host receives with replies that are nearly right, as
 * somebody between here and the targets might forge them: another token, another identifier, another
 * sequence, a hundred times over. Says "ready" when it listens, and "forged" after each request.
 */
import { SOCK_RAW, Socket } from '../../src/native.ts';
import { AF_INET } from '../../src/native/sockaddr.ts';
import { checksum, ICMP_ECHO, ICMP_ECHOREPLY } from '../../src/probe/icmp.ts';

const IPPROTO_ICMP = 1;
const IPPROTO_RAW = 255; // what is sent brings its own IP header, raw(7)
const IP_HEADER = 20;

/** Offsets in the packet of a byte of the identifier, of the sequence and of the token; RFC 791, RFC 792. */
const forgeable = [IP_HEADER + 5, IP_HEADER + 7, IP_HEADER + 8];

const ears = new Socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
const mouth = new Socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
ears.watch(() => {
  ears.receive(({ data, address }) => {
    if (data[IP_HEADER] !== ICMP_ECHO) return;
    const replies = forgeable.map((offset) => forge(data, offset));
    for (let i = 0; i < 100; i++) for (const reply of replies) mouth.send(reply, address);
    console.log('forged');
  });
});
console.log('ready');

/** A reply to the request, from the host that was asked, with a bit at `offset` turned over. */
function forge(request: Uint8Array, offset: number): Uint8Array {
  const reply = new Uint8Array(request);
  reply.set(request.subarray(16, 20), 12);
  reply.set(request.subarray(12, 16), 16);
  reply[offset] = (reply[offset] ?? 0) ^ 1;
  const icmp = reply.subarray(IP_HEADER);
  icmp[0] = ICMP_ECHOREPLY;
  icmp.fill(0, 2, 4);
  new DataView(reply.buffer).setUint16(IP_HEADER + 2, checksum(icmp));
  return reply;
}
