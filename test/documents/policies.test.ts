import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfiguration } from '../../src/config/load.ts';
import { policiesOf } from '../../src/monitor/policies.ts';
import { blocksOf } from './walkthrough.ts';

test("the guide's policies fit its uplinks", () => {
  const uplinks = ['Fibre', 'Cable', 'LTE'].map(
    (description, index) => `{interface: ppp${index}, type: ppp, description: ${description}}`,
  );
  const [block, ...others] = blocksOf('docs/guide.md').filter(({ text }) => text.startsWith('policies:'));
  assert.ok(block !== undefined && others.length === 0);
  const policies = policiesOf(parseConfiguration(`uplinks: [${uplinks.join()}]\n${block.text}`, 'guide'));
  assert.deepEqual(
    policies.map(({ name, matches }) => [name, matches[4].length, matches[6].length]),
    [
      ['voice', 2, 0],
      ['urgent', 2, 2],
      ['backup', 1, 0],
      ['branches', 2, 0],
    ],
  );
});
