/* Run by methods.test.ts on a router with two lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { solicit } from '../../../src/kernel/solicitation.ts';
import { neighbour } from '../../../src/probe/neighbour.ts';
import { family, line, tunnel } from './addresses.ts';
import { answers, attempt, expectNothingOpen, path } from './attempt.ts';
import { cut, ip } from './commands.ts';

const gateway = neighbour(solicit);
const protocol = family === 4 ? 'ARP' : 'neighbour discovery';
const entry = () => ip(`neigh show ${line.gateway} dev eth1`);
/** More than anything here takes. */
const patience = () => AbortSignal.timeout(20_000);

expectNothingOpen();

test('a gateway that the kernel does not know yet is asked', async () => {
  ip('neigh flush dev eth1');
  await answers(gateway, undefined);
  assert.match(entry(), /REACHABLE/);
});

test('a gateway that has just answered is asked again', async (t) => {
  await answers(gateway, undefined);
  cut(t, 'neighbours');
  assert.deepEqual(await attempt(gateway, undefined, 300), { failure: 'no reply' });
  // Packets go on meanwhile.
  assert.match(entry(), /lladdr .* PROBE/);
});

test('the kernel says when it has given up, of a gateway that it knew and of one that it did not', async (t) => {
  cut(t, 'neighbours');
  for (const known of [true, false]) {
    assert.equal(/lladdr/.test(entry()), known);
    assert.deepEqual(await attempt(gateway, undefined), {
      failure: `${line.gateway} does not answer ${protocol}`,
    });
  }
});

test('what somebody else does to the entry is no answer', async (t) => {
  await answers(gateway, undefined);
  cut(t, 'neighbours');
  const asked = attempt(gateway, undefined, 500);
  ip(`neigh replace ${line.gateway} lladdr 02:00:00:00:00:01 dev eth1 nud reachable`);
  assert.deepEqual(await asked, { failure: 'no reply' });
});

test('an address that was set by hand stays as it is, and is not asked for', async (t) => {
  t.after(() => ip(`neigh del ${line.gateway} dev eth1`));
  ip(`neigh replace ${line.gateway} lladdr 02:00:00:00:00:01 dev eth1 nud permanent`);
  const before = entry();
  await assert.rejects(solicit(line.index, line.gateway, patience()), {
    message: `the link-layer address of ${line.gateway} was set by hand`,
  });
  assert.equal(entry(), before);
});

test('on a link without link-layer addresses there is nobody to ask', async (t) => {
  t.after(() => ip('tuntap del tun1 mode tun'));
  ip('tuntap add tun1 mode tun');
  ip(`addr add ${tunnel.address} peer ${tunnel.peer} dev tun1`);
  ip('link set tun1 up');
  const index = Number(/^\d+/.exec(ip('link show tun1'))?.[0]);
  await assert.rejects(solicit(index, tunnel.peer, patience()), {
    message: 'the link has no link-layer addresses',
  });
});

test('an interface that is gone is named by the kernel', async () => {
  await assert.rejects(solicit(99, line.gateway, patience()), { code: 'ENODEV' });
});

test('without a gateway there is nobody to ask', async () => {
  const { gateway: _, ...pointToPoint } = path;
  const outcome = await new Promise((resolve) => {
    gateway(pointToPoint, undefined, resolve);
  });
  assert.deepEqual(outcome, { failure: 'no gateway to ask' });
});
