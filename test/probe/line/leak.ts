/* Run by methods.test.ts on a router with two lines, where everything without a mark goes by the second. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { solicit } from '../../../src/kernel/solicitation.ts';
import { dns } from '../../../src/probe/dns.ts';
import { http } from '../../../src/probe/http.ts';
import type { Outcome } from '../../../src/probe/method.ts';
import { neighbour } from '../../../src/probe/neighbour.ts';
import { tcp } from '../../../src/probe/tcp.ts';
import { host, hostRecord, inUrl, line } from './addresses.ts';
import { attempt } from './attempt.ts';
import { cut, ip, nft } from './commands.ts';

/** Much more than an answer takes, ms. */
const TIME = 1000;

// What IPv6 says to the link by itself is of no interest: reports of multicast groups, questions for routers.
nft(`table inet watch {
  chain leaving {
    type filter hook postrouting priority 0
    oifname "eth2" ip6 daddr { fe80::/10, ff00::/8 } accept
    oifname "eth2" counter
  }
}`);

/** Packets that have left by the second line. */
function leaked(): number {
  return Number(/counter packets (\d+)/.exec(nft('list chain inet watch leaving'))?.[1]);
}

/** One attempt by each method, side by side; what comes of those that ask beyond the gateway. */
async function attemptAll(): Promise<Outcome[]> {
  const gateway = attempt(neighbour(solicit), undefined, TIME);
  const beyond = await Promise.all([
    attempt(tcp, { address: host, port: 80 }, TIME),
    attempt(dns, { server: host, name: 'good.example', type: hostRecord }, TIME),
    attempt(http, { url: 'http://good.example/204', resolvers: [host] }, TIME),
    attempt(http, { url: `http://${inUrl(host)}/204`, resolvers: [] }, TIME),
    attempt(http, { url: `https://${inUrl(host)}/204`, resolvers: [] }, TIME),
  ]);
  await gateway;
  return beyond;
}

/** The ways in which the first line can be dead. */
const ends: Record<string, (t: TestContext) => void> = {
  'nothing comes back': () => {},
  'not even the gateway answers': (t) => {
    ip('neigh flush dev eth1');
    cut(t, 'neighbours');
  },
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

test('nothing leaves by the second line while the first one works', async () => {
  const before = leaked();
  for (const outcome of await attemptAll()) assert.ok('rtt' in outcome, JSON.stringify(outcome));
  assert.equal(leaked(), before);
});

for (const [end, die] of Object.entries(ends)) {
  test(`nothing leaves by the second line when ${end}`, async (t) => {
    cut(t, 'packets');
    die(t);
    const before = leaked();
    for (const outcome of await attemptAll()) assert.ok('failure' in outcome);
    assert.equal(leaked(), before);
  });
}

// Last: the neighbour that the packet makes known is asked again later.
test('a packet that goes by the second line is seen', async () => {
  const before = leaked();
  const connection = connect(80, host);
  await once(connection, 'connect');
  connection.destroy();
  assert.ok(leaked() > before);
});
