/* Run by methods.test.ts on a router with two lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tcp } from '../../../src/probe/tcp.ts';
import { absent, host, nobody } from './addresses.ts';
import { answers, attempt, expectNothingOpen, path } from './attempt.ts';

expectNothingOpen();

test('a port that takes connections has answered', async () => {
  await answers(tcp, { address: host, port: 80 });
});

test('a port that takes no connections refuses', async () => {
  assert.deepEqual(await attempt(tcp, { address: host, port: 81 }), { failure: 'connection refused' });
});

test('no connection stands to a host that is not there', async () => {
  assert.deepEqual(await attempt(tcp, { address: nobody, port: 80 }, 200), { failure: 'no TCP connection' });
});

test('a source address that the line has lost is named', async () => {
  const outcome = await new Promise((resolve) => {
    tcp({ ...path, source: absent }, { address: host, port: 80 }, resolve);
  });
  assert.deepEqual(outcome, { failure: 'address not available' });
});

test('an attempt that is cancelled says nothing, before or after its connection stands', async () => {
  const outcome = (asked: number) => assert.fail(`${asked}`);
  tcp(path, { address: host, port: 80 }, () => outcome(1)).cancel();
  const waiting = tcp(path, { address: nobody, port: 80 }, () => outcome(2));
  await attempt(tcp, { address: nobody, port: 80 }, 100);
  waiting.cancel();
  waiting.cancel();
  await attempt(tcp, { address: nobody, port: 80 }, 200);
});
