import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/**
 * From the bottom to the top: a layer imports from those before it and from itself. docs/architecture.md
 * tells why.
 */
const LAYERS = [
  ['network'],
  ['native', 'native.ts'],
  ['clock.ts', 'duration.ts', 'event-name.ts'],
  ['program.ts'],
  ['netlink', 'config'],
  ['probe'],
  ['kernel'],
  ['uplink'],
  ['plan'],
  ['reconcile', 'firewall'],
  ['monitor'],
  ['explain'],
  ['observe'],
  ['trace'],
  ['control'],
  ['delivery'],
  ['mail', 'hooks'],
  ['check'],
  ['demonstration.ts', 'reload.ts'],
  ['daemon.ts'],
  ['actions'],
  ['main.ts', 'generate.ts'],
];

/** What a layer may not import although it lies below. */
const APART: Record<string, readonly string[]> = {
  netlink: ['clock.ts'],
  probe: ['netlink', 'config'],
  uplink: ['netlink', 'config', 'kernel', 'native', 'native.ts', 'clock.ts'],
  plan: ['netlink', 'config', 'kernel', 'native', 'native.ts', 'clock.ts'],
  reconcile: ['netlink', 'config', 'native', 'native.ts'],
  firewall: ['netlink', 'probe', 'kernel', 'uplink', 'native', 'native.ts', 'clock.ts'],
  kernel: ['config', 'probe'],
};

function imports(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  const relative = text.matchAll(/^(?:import|export)\b[^'";]*?from '(\.[^']+)';$/gm);
  return [...relative].map(([, path = '']) => normalize(join(dirname(file), path)));
}

const layerOf = (file: string) => file.split('/')[0] ?? '';
const height = (file: string) => LAYERS.findIndex((layer) => layer.includes(layerOf(file)));

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const arrows = files.flatMap((from) => imports(from).map((to) => ({ from, to })));

test('files and imports are read at all', () => {
  assert.ok(files.length > 30, `${files.length} files`);
  assert.ok(arrows.length > 60, `${arrows.length} imports`);
});

test('every file belongs to a layer', () => {
  assert.deepEqual(
    files.filter((file) => height(file) < 0),
    [],
  );
});

test('imports run downwards only', () => {
  const upwards = arrows.filter(({ from, to }) => height(to) > height(from));
  assert.deepEqual(upwards, []);
  const across = arrows.filter(
    ({ from, to }) => height(to) === height(from) && layerOf(to) !== layerOf(from),
  );
  assert.deepEqual(
    across.filter(({ from }) => !from.startsWith('native')),
    [],
  );
});

test('what lies below but is none of their business stays apart', () => {
  assert.deepEqual(
    arrows.filter(({ from, to }) => APART[layerOf(from)]?.includes(layerOf(to))),
    [],
  );
});

test('pure files touch no clock, timer, file or socket', () => {
  const pure = [
    'network/',
    'duration.ts',
    'event-name.ts',
    'uplink/',
    'plan/',
    'firewall/',
    'kernel/lookup.ts',
    'reconcile/diff.ts',
    'reconcile/token-bucket.ts',
    'probe/cadence.ts',
    'probe/delay.ts',
    'probe/detector.ts',
    'probe/waiting.ts',
    'probe/evidence.ts',
    'probe/round-trip.ts',
    'probe/sequential-test.ts',
    'probe/reason.ts',
    'probe/silence.ts',
    'probe/testimony.ts',
    'probe/target',
    'probe/traffic-meter.ts',
    'probe/dns-message.ts',
    'probe/icmp.ts',
    'probe/window.ts',
    'probe/filter.ts',
    'observe/line.ts',
    'observe/health.ts',
    'check/',
    'explain/text.ts',
    'delivery/queue.ts',
    'hooks/payload.ts',
    'hooks/environment.ts',
    'hooks/output.ts',
    'observe/journal-entry.ts',
    'observe/single-line.ts',
    'trace/line-',
    'trace/record',
    'trace/relative-time.ts',
    'trace/replay',
    'trace/course.ts',
    'trace/quality.ts',
    'trace/score.ts',
    'trace/trial.ts',
    'trace/virtual-clock.ts',
  ];
  const impure =
    /\b(Date\.now|new Date|performance|setTimeout|setInterval|setImmediate|process\.|from 'node:(?!net'|util'))/;
  const chosen = files.filter((file) => pure.some((start) => file.startsWith(start)));
  assert.ok(chosen.length > 12, `${chosen.length} files`);
  assert.deepEqual(
    chosen.filter((file) => impure.test(readFileSync(join(source, file), 'utf8'))),
    [],
  );
});

test('other programs are run in one way alone', () => {
  const starting = files.filter((file) => readFileSync(join(source, file), 'utf8').includes('child_process'));
  assert.deepEqual(starting, ['program.ts']);
});
