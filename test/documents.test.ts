import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('the rule set in the document about the firewall loads', () => {
  const block = /^ {4}table [^]*?^ {4}\}$/m.exec(read('docs/firewall.md'))?.[0];
  assert.ok(block, 'there is one');
  execFileSync('unshare', ['--net', 'nft', '--check', '--file', '-'], { input: block });
});

test('every document that another one names is there', () => {
  const documents = ['README.md', 'docs/architecture.md', 'docs/benchmarks.md'];
  const links = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\(([^)#:]+)\)/g)].map(
      ([, link = '']) => new URL(link, new URL(document, root)),
    ),
  );
  assert.ok(links.length > 5, `${links.length} links`);
  for (const link of links)
    assert.doesNotThrow(
      () => readFileSync(link.pathname.endsWith('/') ? new URL('0001-synchronous-netlink.md', link) : link),
      link.pathname,
    );
});
