import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { Transcript, transcribe, until } from './waiting.ts';

test('an entry is found whether it was said before or is said later', async () => {
  const transcript = new Transcript<string>();
  transcript.add('eth1 down');
  const later = transcript.until((line) => line === 'eth1 up', { within: 1000 });
  transcript.add('eth1 up');
  assert.equal(await later, 'eth1 up');
  assert.equal(await transcript.until((line) => line.endsWith('down'), { within: 1000 }), 'eth1 down');
});

test('entries before the position asked for do not count', async () => {
  const transcript = new Transcript<string>();
  transcript.add('eth1 down');
  await assert.rejects(
    transcript.until((line) => line === 'eth1 down', { within: 1, since: 1 }),
    /within 1 ms/,
  );
});

test('a program that ends without the entry is reported with its last lines', async () => {
  const stream = new PassThrough();
  const transcript = transcribe([stream], String);
  const missing = transcript.until((line) => line === 'ready', { within: 10_000 });
  stream.end('starting\nno permission\n');
  await assert.rejects(missing, /before the end; the last entries:\n {2}starting\n {2}no permission/);
});

test('the lines of two streams are one transcript, which ends with the last of them', async () => {
  const [output, error] = [new PassThrough(), new PassThrough()];
  const transcript = transcribe([output, error], String);
  output.end('out\n');
  error.write('err\n');
  await transcript.until((line) => line === 'out', { within: 1000 });
  const answer = transcript.until((line) => line === 'late', { within: 1000 });
  error.end('late\n');
  assert.equal(await answer, 'late');
});

test('a condition is asked again until it holds or time is up', async () => {
  let asked = 0;
  await until(() => ++asked === 3, 1000);
  assert.equal(asked, 3);
  await assert.rejects(
    until(() => false, 1),
    /did not come true within 1 ms/,
  );
});
