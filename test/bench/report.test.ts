import assert from 'node:assert/strict';
import { test } from 'node:test';
import { section } from '../../bench/report.ts';

const measurement = { name: 'cable', title: 'Cable pulled', method: 'How.', run: () => Promise.resolve([]) };

test('a measurement is a table with a row for each series', () => {
  const text = section({
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
  });
  assert.deepEqual(text.split('\n'), [
    '## Cable pulled (cable)',
    '',
    'How.',
    '',
    '| Figure | Of | Median | Min – max | Runs | Ratio | Promised |',
    '| --- | --- | ---: | ---: | ---: | ---: | --- |',
    '| Lost, number | this program | 2 | 1 – 2 | 3 |  | each is 0: **missed** |',
    '|  | peer | 4 | 3.46 – 300 | 3 | × 3.46 |  |',
    '|  | absent | not measured: it is not installed |  |  |  |  |',
  ]);
});
