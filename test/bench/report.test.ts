import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renewed, section } from '../../bench/report.ts';

const measurement = { name: 'cable', title: 'Cable pulled', method: 'How.', run: () => Promise.resolve([]) };
const where = { date: '2026-11-23', kernel: '6.18.1', node: '20.20.2', processors: '2 × CPU' };

test('a measurement is a table with a row for each series', () => {
  const result = {
    measurement,
    comparisons: [
      {
        what: 'Lost',
        unit: 'number',
        series: [
          { of: 'this program', values: [1, 2, 2] },
          { of: 'peer', values: [3.456, 4, 300.4] },
          { of: 'absent', missing: 'it is not installed' },
        ],
        promised: { of: 'each', atMost: 0 },
      },
    ],
  } as const;
  assert.deepEqual(section(result, where).split('\n'), [
    '## Cable pulled (cable)',
    '',
    'How.',
    '',
    'Measured on 2026-11-23: Linux 6.18.1, Node.js 20.20.2, 2 × CPU.',
    '',
    '| Figure | Of | Median | Min – max | Runs | Ratio | Promised |',
    '| --- | --- | ---: | ---: | ---: | ---: | --- |',
    '| Lost, number | this program | 2 | 1 – 2 | 3 |  | each is 0: **missed** |',
    '|  | peer | 4 | 3.46 – 300 | 3 | × 3.46 |  |',
    '|  | absent | not measured: it is not installed |  |  |  |  |',
  ]);
});

test('a page gets new sections where the old ones stood, and others stay', () => {
  const names = ['cable', 'start', 'memory'];
  const write = (page: string, sections: readonly string[]) => renewed(page, sections, names);
  const page = write('', ['## Start (start)\n\nOld.', '## Cable (cable)\n\nOld.', '## Gone (gone)']);
  assert.deepEqual(headings(page), ['# Benchmarks', '## Cable (cable)', '## Start (start)']);
  assert.equal(write(page, []), page);
  const next = write(page, ['## Memory (memory)\n\nNew.', '## The cable (cable)\n\nNew.']);
  assert.deepEqual(headings(next), [
    '# Benchmarks',
    '## The cable (cable)',
    '## Start (start)',
    '## Memory (memory)',
  ]);
  assert.match(next, /\(cable\)\n\nNew\.\n\n## Start \(start\)\n\nOld\.\n\n## Memory \(memory\)\n\nNew\.\n$/);
});

function headings(page: string): string[] {
  return page.split('\n').filter((line) => line.startsWith('#'));
}
