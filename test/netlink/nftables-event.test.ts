import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetlinkError } from '../../src/netlink/error.ts';
import { decodeTableEvent } from '../../src/netlink/nftables-event.ts';
import { Laboratory } from '../support/namespace.ts';
import { runTestsInside } from '../support/inside.ts';
import { fileURLToPath } from 'node:url';

const message = (type: number, payload: number[]) => ({
  type,
  flags: 0,
  sequence: 0,
  portId: 4711,
  payload: Uint8Array.from(payload),
});
/** NFT_MSG_NEWRULE of the table "own", as the kernel tells it: struct nfgenmsg, NFTA_RULE_TABLE. */
const ofOwn = [1, 0, 0, 7, 8, 0, 1, 0, 0x6f, 0x77, 0x6e, 0];

test('every message of nf_tables but the last of a transaction tells of a table', () => {
  assert.deepEqual(decodeTableEvent(message(0x0a06, ofOwn)), { table: 'own', portId: 4711 });
  assert.equal(decodeTableEvent(message(0x0a0f, [0, 0, 0, 7, 8, 0, 1, 0, 0, 0, 0, 9])), undefined);
  assert.equal(decodeTableEvent(message(0x0106, ofOwn)), undefined, 'another subsystem');
  assert.equal(decodeTableEvent(message(0x0a06, [1, 0, 0, 7])), undefined, 'nothing in it');
  assert.throws(() => decodeTableEvent(message(0x0a06, [1, 0, 0, 7, 99, 0, 1, 0])), NetlinkError);
});

test('the kernel tells of each table by its name', async (t) => {
  const laboratory = new Laboratory();
  t.after(() => laboratory.close());
  const { host } = laboratory.namespaces('host');
  runTestsInside(host, fileURLToPath(new URL('table-events.js', import.meta.url)));
});
