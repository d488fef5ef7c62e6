import assert from 'node:assert/strict';
import { test } from 'node:test';
import { singleLine } from '../../src/observe/single-line.ts';

test('nothing in a text begins another line', () => {
  for (const separator of ['\n', '\r\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029'])
    assert.equal(singleLine(`A${separator}Uplink B: up`), 'A Uplink B: up');
});

test('nothing in a text drives a terminal', () => {
  assert.equal(singleLine('A\u001b[2K\u009b2K\u0007'), 'A [2K 2K ');
});

test('other letters stay as they are', () => {
  assert.equal(singleLine('Glasfaser für alle ✓ 光'), 'Glasfaser für alle ✓ 光');
});
