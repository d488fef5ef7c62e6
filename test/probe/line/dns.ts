/* Run by methods.test.ts on a router with two lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '../../../src/network/address.ts';
import { dns, resolve } from '../../../src/probe/dns.ts';
import { host, hostRecord, peer } from './addresses.ts';
import { answers, attempt, expectNothingOpen, path } from './attempt.ts';

expectNothingOpen();

const query = (label: string, server: Address = host) =>
  ({ server, name: `${label}.example`, type: hostRecord }) as const;

for (const label of ['good', 'forged']) {
  test(`an answer counts, after what is none: ${label}`, () => answers(dns, query(label)));
}

for (const [label, failure] of Object.entries({
  nxdomain: 'DNS NXDOMAIN',
  servfail: 'DNS SERVFAIL',
  empty: `DNS has no ${hostRecord} record`,
  truncated: 'truncated DNS response',
  cut: 'malformed DNS response',
})) {
  test(`a response without an answer says why: ${label}`, async () => {
    assert.deepEqual(await attempt(dns, query(label)), { failure });
  });
}

test('names that point at each other in a circle are no trap', () => answers(dns, query('circle')));

for (const label of ['silent', 'garbage']) {
  test(`what is no response is none: ${label}`, async () => {
    assert.deepEqual(await attempt(dns, query(label), 200), { failure: 'no DNS reply' });
  });
}

test('where no server listens, the query is refused', async () => {
  assert.deepEqual(await attempt(dns, query('good', peer)), { failure: 'connection refused' });
});

test('a name is resolved by whichever server knows it', async () => {
  const { signal } = new AbortController();
  assert.equal(await resolve(path, [peer, host], 'forged.example', signal), host);
  await assert.rejects(resolve(path, [peer, host], 'nxdomain.example', signal), {
    message: 'connection refused, DNS NXDOMAIN',
  });
});
