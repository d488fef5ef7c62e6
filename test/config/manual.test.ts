import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { configurationJsonSchema } from '../../src/config/json-schema.ts';
import { keysOf } from '../../src/config/keys.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { manualPage } from '../../src/config/manual.ts';
import { run } from '../actions/program.ts';

const directory = new URL('../../../man/', import.meta.url);
const pages = readdirSync(directory);
const groff = (text: string, ...options: string[]) =>
  spawnSync('groff', ['-man', '-Tascii', '-P-bcou', ...options], { input: text, encoding: 'utf8' });
/** The page as people read it, without hyphenation and filling. */
const read = (text: string) => groff(text.replace(/^\.TH .*$/m, '$&\n.nh\n.na'), '-rLL=1000n').stdout;

describe('the manual', () => {
  test('has a page for the program and one for its file', () =>
    assert.deepEqual(pages.toSorted(), ['fault_tolerant_router.8', 'fault_tolerant_router.conf.5']));

  for (const page of pages) {
    test(`has a page ${page} without anything that groff warns of`, () => {
      const { status, stderr } = groff(readFileSync(new URL(page, directory), 'utf8'), '-ww', '-z');
      assert.deepEqual([status, stderr], [0, '']);
    });
  }

  test('knows every action and option, and the version', () => {
    const text = readFileSync(new URL('fault_tolerant_router.8', directory), 'utf8');
    const help = run('--help').stdout;
    const words = [...help.matchAll(/^ {2}(?:--)?([a-z_]+)/gm)].map(([, word = '']) => word);
    assert.ok(words.length > 10, words.join());
    for (const word of words)
      assert.match(text, new RegExp(String.raw`^\.BI? *R? *(?:\\-\\-)?${word}\b`, 'm'), word);
    const version = run('--version').stdout.trim();
    assert.ok(text.startsWith('.TH') && text.split('\n')[0]?.includes(`"${version}"`), version);
  });

  test('says of each key of the file what it is, what holds without it and what it means', () => {
    const text = read(manualPage(configurationJsonSchema(), '1.2.3'));
    assert.match(text, /\n +weight +whole number, 1 to 256; default 1\.\n +Share of new connections, .*\n/);
    assert.match(text, /\n +ip +IPv4 address; required for static\.\n/);
    for (const { name, meaning } of keysOf(configurationJsonSchema()))
      assert.ok(text.includes(meaning.replaceAll('`', '')), name);
  });

  test('has a valid example, to be copied as it is printed', () => {
    const lines = read(manualPage(configurationJsonSchema(), '1.2.3'));
    const example = /^ {7}uplinks:\n(?: {7}.*\n)+/m.exec(lines)?.[0] ?? '';
    assert.equal(parseConfiguration(example.replaceAll(/^ {7}/gm, ''), 'example').uplinks.length, 2);
  });
});

test('words of a description are never taken for requests of groff', () => {
  const description = ".TH is no title, 'nf neither; C:\\new is a path, `.B \\e` no command";
  const page = manualPage({ properties: { key: { type: 'string', title: 'text', description } } }, '1.2.3');
  assert.equal(execFileSync('groff', ['-man', '-ww', '-z'], { input: page, encoding: 'utf8' }), '');
  assert.ok(read(page).includes(description.replaceAll('`', '')));
});
