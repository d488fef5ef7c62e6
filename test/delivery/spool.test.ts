import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import * as z from 'zod';
import { add, begin, CAPACITY, EMPTY, type Queue } from '../../src/delivery/queue.ts';
import { stateDirectory } from '../../src/delivery/state-file.ts';
import { Spool } from '../../src/delivery/spool.ts';

function place(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-spool-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'state', 'queue.json');
}

const waiting: Queue<string> = add(EMPTY, 'Uplink A: up --> down');
const { queue: underWay = EMPTY } = begin(waiting, 'x', CAPACITY) ?? {};
const spoolAt = (path: string) => new Spool(path, z.string());

describe('the spool', () => {
  test('gives back what it was given', async (context) => {
    const path = place(context);
    for (const queue of [waiting, add(underWay, '"é\u2028'), EMPTY]) {
      await spoolAt(path).save(queue);
      assert.deepEqual(spoolAt(path).load(), queue);
    }
  });

  test('is empty at first', (context) => assert.deepEqual(spoolAt(place(context)).load(), EMPTY));

  test('is its owner’s alone, and leaves nothing else behind', async (context) => {
    const path = place(context);
    await spoolAt(path).save(waiting);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(dirname(path)), ['queue.json']);
  });

  test('keeps the order of what is saved side by side', async (context) => {
    const spool = spoolAt(place(context));
    await Promise.all([spool.save(waiting), spool.save(underWay), spool.save(EMPTY), spool.save(waiting)]);
    assert.deepEqual(spool.load(), waiting);
  });

  test('does not care for a file that a crash has left half written', async (context) => {
    const path = place(context);
    await spoolAt(path).save(waiting);
    writeFileSync(`${path}.new`, '{"waiting": [');
    assert.deepEqual(spoolAt(path).load(), waiting);
    await spoolAt(path).save(EMPTY);
    assert.deepEqual(spoolAt(path).load(), EMPTY);
  });

  test('does not take anything for a queue', (context) => {
    const path = place(context);
    mkdirSync(dirname(path));
    for (const text of ['', '{', '[]', '{"waiting":[7],"dropped":0}']) {
      writeFileSync(path, text);
      assert.throws(() => spoolAt(path).load(), text);
    }
  });

  test('can be removed, also where there is none', async (context) => {
    const spool = spoolAt(place(context));
    await spool.save(waiting);
    await spool.remove();
    await spool.remove();
    assert.deepEqual(spool.load(), EMPTY);
    assert.deepEqual(readdirSync(dirname(spool.path)), []);
  });

  test('works again after a failure', async (context) => {
    const path = place(context);
    writeFileSync(dirname(path), 'a file where the directory should be');
    const spool = spoolAt(path);
    await assert.rejects(spool.save(waiting), /EEXIST|ENOTDIR/);
    rmSync(dirname(path));
    await spool.save(waiting);
    assert.deepEqual(spool.load(), waiting);
  });

  test('keeps the old queue when the disk is full', (context) => {
    const path = place(context);
    mkdirSync(dirname(path));
    const program = `
      const { Spool } = await import(${JSON.stringify(new URL('../../src/delivery/spool.js', import.meta.url))});
      const { z } = await import(${JSON.stringify(import.meta.resolve('zod'))});
      const spool = new Spool(${JSON.stringify(path)}, z.string());
      const queue = (length) => ({ waiting: ['x'.repeat(length)], dropped: 0 });
      await spool.save(queue(1));
      const error = await spool.save(queue(2 ** 20)).catch(({ code }) => code);
      console.log(error, spool.load().waiting[0]);`;
    const mount = `mount -t tmpfs -o size=64k none "${dirname(path)}" && exec "$@"`;
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', mount, 'sh', process.execPath, '--input-type=module', '--eval', program],
      { encoding: 'utf8' },
    );
    assert.deepEqual([stdout, stderr], ['ENOSPC x\n', '']);
  });

  test('stands where systemd says', () => {
    assert.equal(stateDirectory({ STATE_DIRECTORY: '/var/lib/x' }), '/var/lib/x');
    assert.equal(stateDirectory({}), '/var/lib/fault-tolerant-router');
  });
});
