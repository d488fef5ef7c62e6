/* Run by methods.test.ts on a router with two lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { http } from '../../../src/probe/http.ts';
import { host, inUrl, nobody } from './addresses.ts';
import { answers, attempt, expectNothingOpen } from './attempt.ts';

expectNothingOpen();

/** The host without its name. */
const server = inUrl(host);

const page = (url: string, status?: number) => ({
  url,
  resolvers: [host],
  ...(status !== undefined && { status }),
});

for (const [url, status] of [
  ['http://good.example/204'],
  ['http://good.example/302', 302],
  [`http://${server}/200`, 200],
  ['https://good.example/204', 204],
  [`https://${server}/200`],
  ['http://good.example/body'],
] as const) {
  test(`${url} has the status ${status ?? '2xx'}`, () => answers(http, page(url, status)));
}

for (const [url, failure, status] of [
  ['http://good.example/302', 'HTTP status 302 instead of 2xx'],
  ['http://good.example/200', 'HTTP status 200 instead of 204', 204],
  ['http://nxdomain.example/', 'DNS NXDOMAIN'],
  [`http://${server}:81/`, 'connection refused'],
  ['http://good.example/close', 'connection closed without a complete HTTP answer'],
  ['http://good.example/reset', 'connection closed without a complete HTTP answer'],
  ['http://good.example/garbage', 'malformed HTTP answer'],
  ['http://good.example/header', 'HTTP header too long'],
  ['https://expired.example/204', 'TLS: certificate has expired'],
  ['https://wrong.example/204', 'TLS: the certificate is for another name'],
  ['https://self.example/204', 'TLS: self-signed certificate'],
] as const) {
  test(`${url}: ${failure}`, async () => {
    assert.deepEqual(await attempt(http, page(url, status)), { failure });
  });
}

test('a server that does not speak TLS is told from one that is silent', async () => {
  const outcome = await attempt(http, page('https://good.example:80/204'));
  // OpenSSL's words change from one version to the next.
  assert.match('failure' in outcome ? outcome.failure : '', /^TLS: [\w ]+$/);
});

test('what does not come in time is named', async () => {
  const overdue = {
    'http://silent.example/': 'no DNS reply for silent.example',
    [`http://${inUrl(nobody)}/`]: 'no TCP connection',
    [`https://${server}:444/`]: 'no TLS handshake',
    'http://good.example/silent': 'no complete HTTP answer',
    'http://good.example/drip': 'no complete HTTP answer',
    'http://good.example/continue': 'no complete HTTP answer',
    'http://good.example/switch': 'no complete HTTP answer',
    'https://good.example/silent': 'no complete HTTP answer',
  };
  // Side by side: each runs into its time.
  const attempts = Object.keys(overdue).map(
    async (url) => [url, await attempt(http, page(url), 1500)] as const,
  );
  const outcomes = Object.fromEntries(await Promise.all(attempts));
  assert.deepEqual(
    outcomes,
    Object.fromEntries(Object.entries(overdue).map(([url, failure]) => [url, { failure }])),
  );
});
