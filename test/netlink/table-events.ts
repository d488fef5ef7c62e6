/* Run in a namespace of its own by nftables-event.test.ts. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { EventSocket } from '../../src/netlink/event-socket.ts';
import { NFNLGRP_NFTABLES, TABLE_EVENTS } from '../../src/netlink/nftables-event.ts';
import { Transcript } from '../support/waiting.ts';

const deeds = [
  'add table inet own',
  'add chain inet own c { type filter hook input priority 0; }',
  'add set inet own s { type ipv4_addr; flags interval; }',
  'add element inet own s { 198.18.0.0/24 }',
  'add map inet own m { type ipv4_addr : mark; }',
  'add counter inet own k',
  'add rule inet own c ip saddr @s counter accept',
  'delete element inet own s { 198.18.0.0/24 }',
  'flush table inet own',
  'flush ruleset',
];

test('whatever is done to a table is told with its name, and by whom', async (t) => {
  const told = new Transcript<{ table: string; portId: number }>();
  const socket = new EventSocket(
    { source: TABLE_EVENTS, groups: [NFNLGRP_NFTABLES] },
    { event: (event) => told.add(event), overrun: () => assert.fail() },
  );
  t.after(() => socket.close());
  const authors = deeds.map((deed) => {
    const { pid, stderr } = spawnSync('nft', [deed], { encoding: 'utf8' });
    assert.equal(stderr, '');
    return pid;
  });
  for (const [index, author] of authors.entries()) {
    const tables = () => told.entries.flatMap(({ table, portId }) => (portId === author ? table : []));
    await told.until(() => tables().length > 0, { within: 5000 }).catch(() => assert.fail(deeds[index]));
    assert.deepEqual(new Set(tables()), new Set(['own']));
  }
  const since = told.entries.length;
  execFileSync('iptables-nft', ['-A', 'INPUT', '-j', 'ACCEPT']);
  await told.until(({ table }) => table === 'filter', { within: 5000, since });
});
