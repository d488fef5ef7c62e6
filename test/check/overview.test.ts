import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { overview } from '../../src/check/overview.ts';
import { parseConfiguration } from '../../src/config/load.ts';

const show = (text: string) => overview(parseConfiguration(text, 'file'));
const fixed = (name: string, more: string) =>
  `- {interface: ${name}, type: static, ip: 198.18.${name.at(-1)}.2, gateway: 198.18.0.1, ${more}}\n`;

describe('the overview', () => {
  test('has the numbers of each uplink and its share', () => {
    const uplinks =
      fixed('eth1', 'description: Glasfaser für alle, weight: 3, priority_group: 1') +
      fixed('eth2', 'description: Cable, priority_group: 1') +
      '- {interface: ppp0, type: ppp, description: LTE, priority_group: 7}\n' +
      fixed('eth4', 'description: Servers');
    assert.deepEqual(show(`uplinks:\n${uplinks}base_table: 100\nbase_fwmark: 16`), [
      'UPLINK              INTERFACE  TYPE    GROUP  WEIGHT  SHARE  TABLE  MARK  RULES',
      'Glasfaser für alle  eth1       static  1      3       75 %   100    0x10  40000, 40004',
      'Cable               eth2       static  1      1       25 %   101    0x11  40001, 40005',
      'LTE                 ppp0       ppp     7      1       100 %  102    0x12  40002, 40006',
      'Servers             eth4       static  –      1       –      103    0x13  40003, 40007',
      '',
      'New connections: table 104, rule 40008. Group 1 carries them; while nothing of it works, group 7.',
      'The main table comes first: a default route there wins.',
    ]);
  });

  test('says of each policy what carries its connections', () => {
    const text = `uplinks:\n${fixed('eth1', 'description: A, priority_group: 1')}${fixed('eth2', 'description: B, priority_group: 2')}
policies:
- {name: voice, match: {protocol: udp, dport: 5060}, use: {uplink: A}}
- {name: backup, match: {dscp: cs1}, use: {group: 2, else: unreachable}}
- {name: both, match: {interface: eth9}, use: {uplinks: {A: 3, B: 1}, else: blackhole}}
- {name: internal, match: {destination: 10.0.0.0/8}, use: bypass}
`;
    assert.deepEqual(show(text).slice(4, -1), [
      'Policy voice: table 4, rule 40004. A carries them; while none works, as all others.',
      'Policy backup: table 5, rule 40005. Group 2 carries them; while none works, they are unreachable.',
      'Policy both: table 6, rule 40006. A (3), B (1) carry them; while none works, they are dropped.',
      'Policy internal: rule 40007. The main table carries them, which comes first anyway.',
      'New connections: table 3, rule 40008. Group 1 carries them; while nothing of it works, group 2.',
    ]);
    assert.match(
      show(`${text}base_priority: 1000`).join('\n'),
      /Policy internal: rule 1007\. The main table carries them\.\n/,
    );
  });

  test('says what becomes of the default route of main', () =>
    assert.equal(
      show(`uplinks:\n${fixed('eth1', 'description: A, priority_group: 1')}base_priority: 1000`).at(-1),
      'The main table comes first without its default route, by rule 999.',
    ));

  test('says when nothing would carry connections', () =>
    assert.match(
      show(`uplinks:\n${fixed('eth1', 'description: A')}`).join('\n'),
      /No uplink has a priority_group/,
    ));
});
