import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Internet } from '../support/internet.ts';
import { until } from '../support/waiting.ts';
import { blocksOf, textOf, Walkthrough } from './walkthrough.ts';

test('whoever follows the guide has a router with two lines', async (context) => {
  const internet = await Internet.build([{ name: 'eth1' }, { name: 'eth2' }]);
  context.after(() => internet.close());
  const walk = await Walkthrough.begin(context, internet);
  const blocks = blocksOf('docs/guide.md');
  assert.ok(blocks.length > 12, `${blocks.length} blocks`);
  const told = (words: string) => until(() => walk.journal.includes(words), 8000);

  const printed: { readonly text: string; readonly output: string }[] = [];
  for (const block of blocks) {
    printed.push({ text: block.text, output: walk.follow(block) });
    if (block.text.includes('eth1 down')) await told('Uplink Fibre is down: interface eth1 is down');
    if (block.text.includes('eth1 up')) await told('Uplink Fibre is up');
  }
  const advised = adviceOf('docs/guide.md');
  assert.ok(advised.length > 6, advised.join());
  for (const command of advised) walk.follow({ info: 'sh', text: command });

  const outputs = (command: string) =>
    printed.filter(({ text }) => text.includes(command)).map(({ output }) => output);

  const [judgement = ''] = outputs('fault_tolerant_router check');
  assert.match(judgement, /is valid\.\n/);
  assert.doesNotMatch(judgement, /Hint/);
  assert.match(outputs('fault_tolerant_router plan')[1] ?? '', /^The kernel is as planned\./);
  const [whole = '', left = ''] = outputs('ip route show table 3');
  assert.match(whole, /dev eth1 weight 3[^]*dev eth2 weight 1/);
  assert.match(left, /dev eth2/);
  assert.doesNotMatch(left, /dev eth1/);
  assert.match(walk.journal, /Monitor started, initial default route uplinks: Fibre, Cable\n/);
  assert.match(walk.journal, /Configuration of \S+ is in force\n$/);
});

/** The commands that its table of troubles advises, of those that end by themselves and need no systemd. */
function adviceOf(document: string): string[] {
  const [, table = ''] = textOf(document).split('\n## When it does not work\n');
  return [...table.matchAll(/`((?:ip|ping|nft|sysctl|conntrack|fault_tolerant_router) [^`]+)`/g)]
    .map(([, command = '']) => command)
    .filter((command) => !command.endsWith(' monitor'));
}
