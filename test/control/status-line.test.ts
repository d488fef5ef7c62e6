import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UplinkStatus } from '../../src/control/status.ts';
import { statusLine, statusSentence } from '../../src/control/status-line.ts';
import { cable, fibre, lte } from './uplinks.ts';

const uplink = (description: string, state: 'up' | 'down', share = 0) =>
  ({ description, state, role: share > 0 ? 'routing' : 'standby', share }) as UplinkStatus;

const line = (...uplinks: UplinkStatus[]) => statusLine(uplinks);

test('who routes stands in one line', () => {
  assert.equal(
    line(uplink('Fibre', 'up', 0.75), uplink('Cable', 'up', 0.25), uplink('LTE', 'down')),
    '2 of 3 uplinks work; Fibre 75 %, Cable 25 %',
  );
  assert.equal(line(uplink('Fibre', 'down'), uplink('LTE', 'up', 1)), '1 of 2 uplinks works; LTE 100 %');
  assert.equal(line(uplink('Fibre', 'down', 1)), 'No uplink works; Fibre 100 %');
  assert.equal(line(uplink('Fibre', 'up')), '1 of 1 uplinks works; none routes');
});

test('a sentence tells how many work and who carries new connections', () => {
  assert.equal(
    statusSentence({ uplinks: [fibre, cable, lte] }),
    '2 of 3 uplinks work; group 1 carries new connections.',
  );
  assert.equal(
    statusSentence({ uplinks: [fibre, lte] }),
    '1 of 2 uplinks works; group 1 carries new connections.',
  );
  assert.equal(
    statusSentence({ uplinks: [{ ...lte, role: 'routing' }] }),
    'No uplink works; the last routes stay.',
  );
  assert.equal(
    statusSentence({ uplinks: [{ ...lte, role: 'routing', override: { kind: 'up', left: null } }] }),
    'No uplink works; group 2 carries new connections.',
  );
  assert.equal(
    statusSentence({ uplinks: [{ ...fibre, role: 'standby', override: { kind: 'down', left: null } }] }),
    '1 of 1 uplinks works; none carries new connections.',
  );
  assert.equal(
    statusSentence({
      uplinks: [
        { ...lte, role: 'routing' },
        { ...fibre, role: 'standby', priority_group: null },
      ],
    }),
    '1 of 2 uplinks works; the last routes stay.',
  );
});
