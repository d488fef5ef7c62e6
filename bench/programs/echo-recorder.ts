/**
 * A program: prints each ICMP echo request that reaches this host, as a line "SOURCE TARGET TIME", with the
 * kernel's stamp in CLOCK_MONOTONIC ms. Says "ready" when it listens.
 */
import { SO_RCVBUFFORCE, SO_TIMESTAMPNS, SOCK_RAW, SOL_SOCKET, Socket } from '../../src/native.ts';
import { AF_INET } from '../../src/native/sockaddr.ts';
import { addressText } from '../../src/network/address.ts';
import { ICMP_ECHO } from '../../src/probe/icmp.ts';

const IPPROTO_ICMP = 1;

/** Bytes: room for all uplinks' probes at once. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;

const socket = new Socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
socket.setOption(SOL_SOCKET, SO_TIMESTAMPNS, 1);
socket.setOption(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER);
socket.watch(() => {
  const lines: string[] = [];
  socket.receive(({ data, receivedAt }) => {
    if (data[((data[0] ?? 0) % 16) * 4] !== ICMP_ECHO) return;
    lines.push(`${addressText(data.subarray(12, 16))} ${addressText(data.subarray(16, 20))} ${receivedAt}\n`);
  });
  process.stdout.write(lines.join(''));
});
process.stdout.write('ready\n');
