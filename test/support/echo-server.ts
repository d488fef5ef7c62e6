/**
 * A program: tells each client the address that it comes from, on the echo port (RFC 862) of each address
 * given as an argument. A UDP packet comes back with the address after it, a TCP connection gets the address
 * and is closed. Says "ready" when all are open.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { echoPort } from './exchange.ts';

for (const address of process.argv.slice(2)) {
  // One socket for each address: one for all of them would answer from whichever address the route back
  // prefers.
  const packets = createSocket(
    address.includes(':') ? 'udp6' : 'udp4',
    (question, { address: client, port }) => {
      packets.send(`${question.toString()} ${client}`, port, client);
    },
  );
  const connections = createServer((connection) => {
    // A client that gave up resets its connection; that is its affair.
    connection.on('error', () => connection.destroy());
    connection.end(connection.remoteAddress ?? '');
  });
  packets.bind(echoPort, address);
  connections.listen(echoPort, address);
  await Promise.all([once(packets, 'listening'), once(connections, 'listening')]);
}
console.log('ready');
