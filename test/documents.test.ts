import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseConfiguration } from '../src/config/load.ts';
import { openApi } from '../src/control/openapi.ts';
import { nftablesRules } from '../src/firewall/nftables.ts';
import { zonesOf } from '../src/firewall/zones.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('the rules in the document about the firewall are those that are generated', () => {
  const [, configuration = '', rules = ''] =
    /this configuration\n\n([^]*)\n`generate_nftables` prints\n\n([^]*)/
      .exec(read('docs/firewall.md'))
      ?.map((block) => block.replaceAll(/^ {4}/gm, '')) ?? [];
  assert.equal(rules, nftablesRules(zonesOf(parseConfiguration(configuration, 'docs/firewall.md'))));
});

test('the document about the control socket names every route', () => {
  const { paths } = openApi('') as { paths: Record<string, Record<string, object>> };
  const page = read('docs/control.md');
  for (const [path, methods] of Object.entries(paths))
    for (const method of Object.keys(methods))
      assert.ok(page.includes(`\`${method.toUpperCase()} ${path}\``), path);
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
