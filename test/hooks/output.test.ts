import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LINES, Output, VOLUME, WIDTH } from '../../src/hooks/output.ts';

/** What is told of text that comes in these pieces. */
function told(...pieces: string[]) {
  const lines: string[] = [];
  const output = new Output((line) => lines.push(line));
  const whole = pieces.map((piece) => output.take(piece)).every(Boolean);
  return { lines, left: output.end(), whole };
}

describe('output', () => {
  test('is told in lines, also the last without an end', () =>
    assert.deepEqual(told('a\n\nb').lines, ['a', '', 'b']));

  test('is the same in whatever pieces it comes', () =>
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n') })), (pieces) =>
        assert.deepEqual(told(...pieces), told(pieces.join(''))),
      ),
    ));

  test('is bounded: long lines are cut, many are counted, more is not read', () => {
    const [long = ''] = told('x'.repeat(WIDTH), 'x'.repeat(WIDTH + 1)).lines;
    assert.equal(long, `${'x'.repeat(WIDTH)}…`);
    assert.equal(told('x'.repeat(WIDTH)).lines[0], 'x'.repeat(WIDTH));
    const many = told('y\n'.repeat(LINES + 5));
    assert.deepEqual([many.lines.length, many.left, many.whole], [LINES, 5, true]);
    assert.equal(told('z'.repeat(VOLUME), 'z').whole, false);
  });
});
