/* Run by methods.test.ts on a router with two lines, where everything without a mark goes by the second. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { solicit } from '../../../src/kernel/solicitation.ts';
import { dns } from '../../../src/probe/dns.ts';
import { http } from '../../../src/probe/http.ts';
import { neighbour } from '../../../src/probe/neighbour.ts';
import { tcp } from '../../../src/probe/tcp.ts';
import { host, line } from './addresses.ts';
import { attempt } from './attempt.ts';
import { cut, ip } from './commands.ts';

/** Packets that have left by the second line. */
function leaked(): number {
  const [{ stats64 }] = JSON.parse(ip('-json -stats link show eth2')) as [
    { stats64: { tx: { packets: number } } },
  ];
  return stats64.tx.packets;
}

const attempts = {
  tcp: () => attempt(tcp, { address: host, port: 80 }, 300),
  dns: () => attempt(dns, { server: host, name: 'good.example', type: 'A' }, 300),
  'http by name': () => attempt(http, { url: 'http://good.example/204', resolvers: [host] }, 300),
  'http by address': () => attempt(http, { url: `http://${host}/204`, resolvers: [] }, 300),
  'https by address': () => attempt(http, { url: `https://${host}/204`, resolvers: [] }, 300),
  neighbour: () => attempt(neighbour(solicit), undefined, 300),
};

/** The ways in which the first line can be dead. */
const ends: Record<string, (t: TestContext) => void> = {
  'it is silent': () => {},
  'its route is gone': (t) => {
    t.after(() => ip(`route add default via ${line.gateway} dev eth1 table ${line.mark}`));
    ip(`route del default table ${line.mark}`);
  },
  'the rule of its mark is gone': (t) => {
    t.after(() => ip(`rule add fwmark ${line.mark} lookup ${line.mark}`));
    ip(`rule del fwmark ${line.mark}`);
  },
  'its interface is down': (t) => {
    t.after(() => {
      ip('link set eth1 up');
      ip(`route add default via ${line.gateway} dev eth1 table ${line.mark}`);
    });
    ip('link set eth1 down');
  },
};

for (const [name, attemptIt] of Object.entries(attempts)) {
  for (const [end, die] of Object.entries(ends)) {
    test(`${name}: nothing leaves by the second line when ${end}`, async (t) => {
      ip('neigh flush dev eth1');
      cut(t, 'arp');
      cut(t, 'ip');
      die(t);
      const before = leaked();
      assert.ok('failure' in (await attemptIt()));
      assert.equal(leaked(), before);
    });
  }
}

// Last: the neighbour that the packet makes known is asked again later.
test('a packet that goes by the second line is seen', async () => {
  const before = leaked();
  const connection = connect(80, host);
  await once(connection, 'connect');
  connection.destroy();
  assert.ok(leaked() > before);
});
