/* Run by kernel.test.ts in a namespace of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { SOCK_RAW, Socket } from '../../src/native.ts';
import { AF_NETLINK, netlinkAddress } from '../../src/native/sockaddr.ts';
import { NetlinkError } from '../../src/netlink/error.ts';
import { encodeLink, IFF_LOWER_UP, IFF_UP, RTM_NEWLINK } from '../../src/netlink/link.ts';
import { writeMessage } from '../../src/netlink/message.ts';
import { NUD_FAILED, NUD_PERMANENT } from '../../src/netlink/neighbour.ts';
import { RtNetlink } from '../../src/netlink/rtnetlink.ts';
import { eth1, eth2, ip, ipBatch, kernel } from './host.ts';

test('links', () => {
  ip('link add name br0 type bridge');
  ip('link set dev far2 master br0');
  const links = kernel.dumpLinks();
  const named = (name: string) => links.find((link) => link.name === name);
  const { statistics, ...link } = named('eth1') ?? assert.fail('there is no eth1');
  assert.equal(link.index, eth1);
  assert.equal(link.kind, 'veth');
  assert.equal(link.carrier, true);
  assert.equal(link.mtu, 1500);
  assert.equal(link.flags & (IFF_UP | IFF_LOWER_UP), IFF_UP | IFF_LOWER_UP);
  assert.ok(statistics);
  assert.equal(named('far2')?.master, named('br0')?.index);
  assert.equal(named('lo')?.kind, undefined);
  ip('link delete br0');
});

test('addresses', () => {
  const common = { family: 4, scope: 0, flags: 0x80 } as const;
  assert.deepEqual(
    kernel.dumpAddresses(4).filter(({ index }) => index !== 1),
    [
      { ...common, index: eth1, prefixLength: 24, local: '198.18.1.2', address: '198.18.1.2', label: 'eth1' },
      { ...common, index: eth2, prefixLength: 32, local: '198.18.2.2', address: '198.18.2.1', label: 'eth2' },
    ],
  );
  assert.ok(kernel.dumpAddresses(6).some(({ address }) => address === '2001:db8:1::2'));
});

test('neighbours, of all interfaces and of one', () => {
  ip('neigh add 198.18.1.9 lladdr 02:00:00:00:00:09 dev eth1 nud permanent');
  ip('neigh add 198.18.2.9 dev eth2 nud failed');
  const one = {
    family: 4,
    index: eth1,
    state: NUD_PERMANENT,
    flags: 0,
    destination: '198.18.1.9',
    linkLayer: '02:00:00:00:00:09',
  };
  const other = { family: 4, index: eth2, state: NUD_FAILED, flags: 0, destination: '198.18.2.9' };
  assert.deepEqual(kernel.dumpNeighbours(4, eth1), [one]);
  assert.deepEqual(kernel.dumpNeighbours(4, eth2), [other]);
  assert.equal(kernel.dumpNeighbours(4).length, 2);
  ip('neigh flush all nud all');
});

test('nobody but the kernel answers', (t) => {
  const asking = new RtNetlink();
  const forger = new Socket(AF_NETLINK, SOCK_RAW, 0);
  t.after(() => asking.close());
  t.after(() => forger.close());
  const address = netlinkAddress();
  new DataView(address.buffer).setUint32(4, asking.portId, true); // nl_pid
  const payload = encodeLink({ index: 4242, name: 'forged', type: 1, flags: 0 });
  forger.send(
    writeMessage({ type: RTM_NEWLINK, flags: 0, sequence: 1, portId: asking.portId, payload }),
    address,
  );
  assert.ok(asking.dumpLinks().every(({ name }) => name !== 'forged'));
});

test('under churn a dump is whole, or says that it could not be', async () => {
  const many = (second: number) =>
    Array.from({ length: 1000 }, (_, count) => `198.${second}.${100 + (count >> 8)}.${count & 255}`);
  const [moving, staying] = [many(18), many(19)];
  const add = (address: string) => `addr add ${address}/32 dev lo`;
  ipBatch([...moving, ...staying].map(add));
  // Each goes from the head of the kernel's list to its end: a dump that stands between loses one of those
  // that stay.
  const move = moving.map((address) => `addr del ${address}/32 dev lo\n${add(address)}\n`).join('');
  const other = spawn('ip', ['-batch', '-'], { stdio: ['pipe', 'inherit', 'inherit'] });
  other.stdin.end(move.repeat(5));
  const ended = once(other, 'exit');

  // Of those that move the kernel promises nothing: it walks the list without a lock, and one that goes from
  // where it has been to where it is still to come is met twice.
  const wanted = new Set(staying);
  const dump = () => {
    const seen = kernel.dumpAddresses(4).flatMap(({ local = '' }) => (wanted.has(local) ? local : []));
    assert.equal(new Set(seen).size, seen.length, 'an address is told twice');
    assert.equal(seen.length, wanted.size, 'an address is missing');
  };
  while (other.exitCode === null) {
    try {
      dump();
    } catch (error) {
      if (!(error instanceof NetlinkError && error.code === 'EINTR')) throw error;
    }
    await turn();
  }
  assert.deepEqual(await ended, [0, null]);
  dump();
});
