/**
 * A program that fills a line: `flood.js ADDRESS RATE BURST` sends datagrams to an address, RATE bytes a second, headers
 * included, and BURST bytes more at the beginning.
 */
import { createSocket } from 'node:dgram';

/** Of the payload, bytes; IPv4, UDP and Ethernet add theirs. */
const PAYLOAD = Buffer.alloc(1158);
const PACKET = PAYLOAD.length + 42;
/** The port of discard (RFC 863). */
const PORT = 9;
/** ms. */
const PERIOD = 5;

const [, , address, rate, burst] = process.argv;
const socket = createSocket('udp4');
const start = performance.now();
let sent = 0;

setInterval(() => {
  const due = Number(burst) + (Number(rate) * (performance.now() - start)) / 1000;
  for (; sent < due; sent += PACKET) socket.send(PAYLOAD, PORT, address);
}, PERIOD);
