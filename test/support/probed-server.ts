/**
 * A program: the host on the internet that probes ask, and that can be as rude as hosts are. What it shall do
 * stands in what it is asked: in the first label of the name (DNS), in the path of the URL (HTTP). Arguments: its
 * address, and the folder of the certificates. Says "ready" when it listens.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, createServer as createSecureServer } from 'node:tls';
import { addressBytes, familyOf } from '../../src/network/address.ts';

const [address = '', certificates = ''] = process.argv.slice(2);

/** A query with the bits of a response, the flags and the number of answers that it shall have. */
function response(query: Buffer, flags: number, answers: readonly Buffer[] = []): Buffer {
  const head = Buffer.from(query);
  head.writeUInt16BE(0x8180 | flags, 2);
  head.writeUInt16BE(answers.length, 6);
  return Buffer.concat([head, ...answers]);
}

const family = familyOf(address);
/** Of the record that holds such an address, RFC 1035 and 3596. */
const HOST_RECORD = { 4: 1, 6: 28 }[family];
/** What a forger says. */
const elsewhere = { 4: '198.19.0.66', 6: '2001:db8:ffff::66' }[family];

/** A record of the name that was asked for: a pointer, type, class, time to live, length, data. */
function record(host: string): Buffer {
  const data = addressBytes(host);
  return Buffer.from([0xc0, 12, 0, HOST_RECORD, 0, 1, 0, 0, 0, 60, 0, data.length, ...data]);
}

function forged(query: Buffer): Buffer {
  const other = Buffer.from(query);
  other.writeUInt16BE(query.readUInt16BE(0) ^ 1, 0);
  return response(other, 0, [record(elsewhere)]);
}

/** What is sent for a name that begins with the label. */
const dnsAnswers: Record<string, (query: Buffer) => Buffer[]> = {
  silent: () => [],
  nxdomain: (query) => [response(query, 3)],
  servfail: (query) => [response(query, 2)],
  empty: (query) => [response(query, 0)],
  truncated: (query) => [response(query, 0x0200)],
  cut: (query) => [response(query, 0, [record(address)]).subarray(0, -2)],
  circle: (query) => [
    response(query, 0, [Buffer.concat([Buffer.from([0xc0, query.length]), record(address).subarray(2)])]),
  ],
  garbage: () => [Buffer.alloc(400, 0xa5), Buffer.alloc(1)],
  forged: (query) => [forged(query), response(query, 0, [record(address)])],
};

const dns = createSocket(`udp${family}`, (query, client) => {
  const label = query.toString('latin1', 13, 13 + (query[12] ?? 0)).toLowerCase();
  const answers = dnsAnswers[label]?.(query) ?? [response(query, 0, [record(address)])];
  for (const answer of answers) dns.send(answer, client.port, client.address);
});

/** Writes again and again, as often as the client takes it. */
function repeat(connection: Socket, text: string, pause: number): void {
  const timer = setInterval(() => connection.write(text), pause);
  connection.once('close', () => clearInterval(timer));
}

/** What is done with a connection on which a path was asked for. */
const httpAnswers: Record<string, (connection: Socket) => void> = {
  silent: () => {},
  close: (connection) => connection.end(),
  reset: (connection) => connection.resetAndDestroy(),
  garbage: (connection) => connection.end('\0\x01garbage\r\n\r\n'),
  drip: (connection) => {
    connection.write('HTTP/1.1 200 OK\r\n');
    repeat(connection, 'x', 5);
  },
  header: (connection) => {
    connection.write('HTTP/1.1 200 OK\r\n');
    repeat(connection, `X-Filler: ${'x'.repeat(1000)}\r\n`, 1);
  },
  continue: (connection) => repeat(connection, 'HTTP/1.1 100 Continue\r\n\r\n', 5),
  body: (connection) => {
    connection.write('HTTP/1.1 200 OK\r\n\r\n');
    repeat(connection, 'x'.repeat(10_000), 1);
  },
  switch: (connection) =>
    connection.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
};

/** "/302" is answered with that status, "/drip" as above. */
function serve(connection: Socket): void {
  connection.on('error', () => connection.destroy());
  connection.once('data', (request: Buffer) => {
    const [, path = ''] = /^GET \/(\w*)/.exec(request.toString('latin1')) ?? [];
    const answer = httpAnswers[path];
    if (answer !== undefined) answer(connection);
    else
      connection.end(
        `HTTP/1.1 ${path} Status\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\n\r\n`,
      );
  });
}

function identity(name: string) {
  const file = (kind: string) => readFileSync(join(certificates, `${name}.${kind}`));
  return { key: file('key'), cert: file('crt') };
}

const secure = createSecureServer(
  {
    ...identity('good'),
    SNICallback: (name, done) => done(null, createSecureContext(identity(name.split('.')[0] ?? ''))),
  },
  serve,
);
const plain = createServer(serve);
/** Takes connections and says nothing. */
const mute = createServer((connection) => connection.on('error', () => connection.destroy()));
// A client that does not like a certificate says so.
secure.on('tlsClientError', () => {});

dns.bind(53, address);
plain.listen(80, address);
secure.listen(443, address);
mute.listen(444, address);
await Promise.all([dns, plain, secure, mute].map((server) => once(server, 'listening')));
console.log('ready');
