import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OwnTable } from '../../src/kernel/nft.ts';
import { TableKeeper } from '../../src/reconcile/table-keeper.ts';
import { ManualClock } from '../support/manual-clock.ts';

const table = (rule: string) => `table inet own {\n\tchain a {\n\t\t${rule}\n\t}\n}\n`;
const [first, second] = [table('accept'), table('drop')];

/** A table that is nothing but memory; `spell` is how its program lists what was loaded. */
class MemoryTable implements OwnTable {
  readonly name = 'own';
  standing: string | undefined;
  failure: string | undefined;
  unheard = false;
  spell = (text: string) => text;
  readonly loads: string[] = [];
  changed = () => {};

  async list(): Promise<string | undefined> {
    if (this.failure !== undefined) throw new Error(this.failure);
    return this.standing;
  }

  async load(commands: string): Promise<void> {
    this.loads.push(commands.split('\n')[0] ?? '');
    const text = commands.replace(/^(?:flush|delete) .*\n/, '');
    this.standing = text === '' ? undefined : this.spell(text);
  }

  watch(changed: () => void): void {
    if (this.unheard) throw new Error('nobody tells');
    this.changed = changed;
  }

  close(): void {}
}

function laboratory() {
  const own = new MemoryTable();
  const clock = new ManualClock();
  const told: string[] = [];
  const keeper = new TableKeeper(own, clock, {
    changed: (from, to, cause) =>
      told.push(`${cause}: ${from === undefined ? 'none' : 'some'} to ${to === undefined ? 'none' : 'some'}`),
    failed: ({ message }) => told.push(message),
  });
  /** Lets what was begun come to its end. */
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const advance = async (time: number) => {
    clock.advance(time);
    await settle();
  };
  const want = async (text: string | undefined) => {
    keeper.want(text);
    await settle();
  };
  return { own, clock, told, keeper, settle, advance, want };
}

test('what is wanted is made, replaced rule by rule, and removed', async () => {
  const { own, told, want } = laboratory();
  await want(first);
  await want(second);
  assert.equal(own.standing, second);
  await want(undefined);
  assert.deepEqual(own.loads, ['table inet own {', 'flush table inet own', 'delete table inet own']);
  assert.deepEqual(told, ['decision: none to some', 'decision: some to some', 'decision: some to none']);
});

test('a table with other chains is replaced as a whole', async () => {
  const { own, want } = laboratory();
  own.standing = first.replace('chain a', 'chain b');
  await want(first);
  assert.deepEqual(own.loads, ['delete table inet own']);
});

test('nothing is run where none was ever wanted', async () => {
  const { own, want, advance } = laboratory();
  own.failure = 'not even read';
  await want(undefined);
  await advance(1_000_000);
  assert.deepEqual(own.loads, []);
});

test('what stands as wanted is left alone', async () => {
  const { own, told, want, advance } = laboratory();
  own.standing = first;
  await want(first);
  await want(first);
  await advance(1_000_000);
  assert.deepEqual([own.loads, told], [[], []]);
});

test('another spelling of what was loaded is no change', async () => {
  const { own, want, advance } = laboratory();
  own.spell = (text) => text.replace('accept', 'verdict accept');
  await want(first);
  own.changed();
  await advance(1000);
  await advance(200_000);
  assert.equal(own.loads.length, 1);
});

test('what somebody changes is repaired, and what he has changed meanwhile is no spelling', async () => {
  const { own, told, want, advance } = laboratory();
  own.spell = (text) => {
    own.changed();
    return text.replace('accept', 'drop');
  };
  await want(first);
  own.spell = (text) => text;
  await advance(1000);
  assert.equal(own.standing, first);
  assert.deepEqual(told, ['decision: none to some', 'repair: some to some']);
});

test('a fight is rate-limited', async () => {
  const { own, want, advance } = laboratory();
  await want(first);
  for (let time = 0; time < 10_000; time += 100) {
    own.standing = undefined;
    own.changed();
    await advance(100);
  }
  assert.ok(own.loads.length <= 1 + 5 + 5, `${own.loads.length} loads`);
});

test('a failure is told once and tried again after growing pauses', async () => {
  const { own, told, keeper, want, advance } = laboratory();
  own.failure = 'nft is not there';
  await want(first);
  assert.deepEqual(keeper.faults, ['nft is not there']);
  await advance(500);
  await advance(1000);
  own.failure = undefined;
  await advance(1000);
  assert.deepEqual(told, ['nft is not there']);
  await advance(2000);
  assert.deepEqual(told, ['nft is not there', 'retry: none to some']);
  assert.deepEqual(keeper.faults, []);
});

test('a kernel that tells nothing is a failure like others, and throws at nobody', async () => {
  const { own, told, want, advance } = laboratory();
  own.unheard = true;
  await want(first);
  own.unheard = false;
  await advance(500);
  assert.deepEqual(told, ['nobody tells', 'retry: none to some']);
});

test('what is wanted while a pass runs comes next', async () => {
  const { own, keeper, settle } = laboratory();
  keeper.want(first);
  keeper.want(second);
  await settle();
  assert.equal(own.standing, second);
});

test('a closed keeper does nothing more', async () => {
  const { own, keeper, settle, advance } = laboratory();
  keeper.want(first);
  keeper.close();
  await settle();
  await advance(1_000_000);
  assert.deepEqual(own.loads, []);
});
