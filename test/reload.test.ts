import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { Configuration } from '../src/config/schema.ts';
import type { Line } from '../src/observe/line.ts';
import { Reloader } from '../src/reload.ts';
import { configurationPath } from './actions/program.ts';

const example = readFileSync(new URL('../../config/example.conf', import.meta.url), 'utf8');

function open(context: TestContext) {
  const file = configurationPath(context);
  writeFileSync(file, example);
  const taken: Configuration[] = [];
  const said: Line[] = [];
  const reloader = new Reloader(
    file,
    (configuration) => taken.push(configuration),
    (line) => said.push(line),
  );
  return { file, taken, said, reloader };
}

test('a file without faults is handed over, and said to be in force after that', (context) => {
  const { file, taken, said, reloader } = open(context);
  const before = reloader.since;
  assert.deepEqual(reloader.reload(), []);
  assert.equal(taken.length, 1);
  assert.deepEqual(
    said.map(({ event, text }) => [event, text]),
    [['reloaded', `Configuration of ${file} is in force`]],
  );
  assert.ok(reloader.since >= before);
});

test('of a file with faults nothing is handed over, and every fault is said', (context) => {
  const { file, taken, said, reloader } = open(context);
  const { since } = reloader;
  writeFileSync(file, 'uplinks: []\ntest: {}\n');
  const lines = reloader.reload();
  assert.deepEqual(taken, []);
  assert.equal(reloader.since, since);
  const clock = since.toTimeString().slice(0, 8);
  assert.match(lines[0] ?? '', /:1:10: uplinks: /);
  assert.match(lines[1] ?? '', /:2:1: test: /);
  assert.deepEqual(lines.slice(2), [`The daemon goes on with the configuration of ${clock}`]);
  assert.deepEqual(
    said.map(({ event, severity, text }) => [event, severity, text]),
    lines.map((text) => ['reload_failed', 'error', text]),
  );
});

test('a daemon that cannot take a file over goes on as before, and says why', (context) => {
  const { file } = open(context);
  const reloader = new Reloader(
    file,
    () => {
      throw new Error('list links: EBUSY');
    },
    () => {},
  );
  const { since } = reloader;
  assert.equal(reloader.reload()[0], 'list links: EBUSY');
  assert.equal(reloader.since, since);
});
