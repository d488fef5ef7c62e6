import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CATALOGUE } from '../../src/actions/catalogue.ts';
import { readCommandLine } from '../../src/actions/command-line.ts';
import { help } from '../../src/actions/usage.ts';
import { run } from './program.ts';

const example = fileURLToPath(new URL('../../../config/example.conf', import.meta.url));

describe('the command line', () => {
  for (const [what, words, complaint] of [
    ['no action', [], /an action is missing; see --help/],
    ['a wrong action', ['monitr'], /there is no action monitr \(is monitor meant\?\); see --help/],
    ['a hyphen too many', ['generate-config'], /\(is generate_config meant\?\)/],
    ['a word that is no action at all', ['help'], /there is no action help; see --help/],
    ['a word that every object knows', ['constructor'], /there is no action constructor/],
    ['two actions', ['plan', 'clear'], /plan: clear is too much/],
    ['an option alone', ['--watch'], /an action is missing/],
    ['an option of another action', ['plan', '--watch'], /there is no option --watch;/],
    ['an option of another action before it', ['--json', 'clear'], /there is no option --json;/],
    [
      'an operand that is missing',
      ['force', 'Fibre'],
      /force: STATE is missing: force UPLINK up\|down\|auto;/,
    ],
    ['an operand too many', ['drain', 'Fibre', '1h'], /drain: 1h is too much: drain UPLINK \[--for=TIME\];/],
    [
      'an operand that may not be',
      ['force', 'x', 'dwn'],
      /force: dwn is none of up, down, auto \(is down meant\?\);/,
    ],
    [
      'a wrong option',
      ['--confg=x', 'plan'],
      /there is no option --confg \(is --config meant\?\); see --help/,
    ],
    ['an option that every object knows', ['--toString', 'plan'], /there is no option --toString;/],
    ['a wrong letter', ['-x', 'plan'], /there is no option -x/],
    ['an option without its value', ['plan', '--config'], /--config/],
    ['an option in the place of a value', ['plan', '--config', '--debug'], /--config/],
    ['a value for an option without one', ['--debug=3', 'plan'], /--debug/],
  ] as const) {
    test(`says on standard error what is wrong with ${what}, and exits 2`, () => {
      const { status, stdout, stderr } = run(...words);
      assert.deepEqual([status, stdout], [2, '']);
      assert.match(stderr, complaint);
      assert.equal(stderr.trimEnd().split('\n').length, 1);
    });
  }

  test('explains itself on standard output', () => {
    const { status, stdout, stderr } = run('--help');
    assert.deepEqual([status, stderr], [0, '']);
    for (const word of ['monitor', 'plan', 'clear', '--config=FILE', '--debug', '--demo'])
      assert.ok(stdout.includes(word), word);
    assert.ok(stdout.split('\n').every((line) => line.length <= 100));
  });

  for (const [action, { operands = [], options = {} }] of Object.entries(CATALOGUE)) {
    test(`explains ${action}, in lines that fit`, () => {
      const lines = help(action).split('\n');
      const [usage = ''] = help(action).split('\n\n');
      assert.ok(usage.startsWith(`Usage: fault_tolerant_router ${action}`), usage);
      assert.equal(usage.split(/\s+/).length, 3 + operands.length + Object.keys(options).length);
      for (const name of Object.keys(options))
        assert.match(lines.slice(1).join('\n'), new RegExp(`^  --${name}`, 'm'));
      assert.ok(lines.every((line) => line.length <= 100));
      assert.deepEqual(readCommandLine([action, '--help']), { kind: 'help', action });
    });

    test(`can do ${action}`, async () => assert.equal(typeof (await CATALOGUE[action]?.load()), 'function'));
  }

  test('takes options before and after the action and its operands', () => {
    const expected = {
      kind: 'action',
      entry: CATALOGUE['drain'],
      invocation: {
        file: '/x',
        socket: '/y',
        debug: true,
        demo: false,
        operands: ['Fibre'],
        options: { for: '1h' },
      },
    };
    for (const line of [
      '--config=/x --socket=/y --debug --for=1h drain Fibre',
      'drain Fibre --for 1h --debug --socket /y --config /x',
      '--for 1h drain --config /x Fibre --socket=/y --debug',
    ]) {
      const { invocation, ...command } = readCommandLine(line.split(' ')) as typeof expected;
      assert.deepEqual(
        { ...command, invocation: { ...invocation, options: { ...invocation.options } } },
        expected,
      );
    }
  });

  test('knows its version', () =>
    assert.match(run('--version').stdout, /^fault_tolerant_router \d+\.\d+\.\d+\n$/));

  test('names a configuration that is not there', () => {
    const { status, stdout, stderr } = run('--config=/nonexistent.conf', 'monitor');
    assert.deepEqual([status, stdout], [78, '']);
    assert.match(stderr, /^\/nonexistent\.conf: /);
    assert.ok(!stderr.includes('    at '), 'no stack trace');
  });

  test('plans without any privilege, and without any interface', () => {
    const { status, stdout } = run(`--config=${example}`, 'plan');
    assert.equal(status, 0);
    assert.match(stdout, /^\+ rule 40000: from 198\.51\.100\.2 lookup 1 proto 70$/m);
    assert.match(stdout, /changes\. Nothing was changed\.\n$/);
  });
});
