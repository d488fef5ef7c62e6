#!/usr/bin/env node
/*
 * Compiles socket.c, without node-gyp and without the network, when something that it is made from has changed.
 *
 *     node native/build.mjs              build/native/socket.node
 *     node native/build.mjs --sanitize   build/asan/native/socket.node, with AddressSanitizer and UndefinedBehaviorSanitizer
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(import.meta.url);
const root = resolve(dirname(script), '..');
const source = join(root, 'native/socket.c');
const sanitize = process.argv.includes('--sanitize');
const output = join(root, sanitize ? 'build/asan/native' : 'build/native', 'socket.node');

const headers = findHeaders();
const compiler = process.env.CC ?? 'cc';
const warnings = ['-Wall', '-Wextra', '-Werror'];
const sanitizers = [
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=undefined',
  '-fno-omit-frame-pointer',
];
const flags = [
  '-std=gnu11',
  '-O2',
  '-g',
  '-fPIC',
  '-shared',
  '-fvisibility=hidden',
  ...warnings,
  '-isystem',
  headers,
];
if (sanitize) flags.push(...sanitizers);

const stamp = stampOf();
if (!existsSync(output) || read(`${output}.stamp`) !== stamp) compile();

/** The folder of node_api.h: of the running node if it has one, else of Debian's libnode-dev. */
function findHeaders() {
  const node = realpathSync(process.execPath);
  const folders = [
    resolve(node, '../../include/node'),
    resolve(node, '../include/node'),
    '/usr/include/nodejs/src',
    '/usr/include/node',
  ];
  const found = folders.find(
    (folder) =>
      existsSync(join(folder, 'node_api.h')) &&
      [folder, '/usr/include'].some((uv) => existsSync(join(uv, 'uv.h'))),
  );
  return found ?? fail(`The headers of Node.js were not found in ${folders.join(', ')}.`);
}

/** Tells whether the binary is made from what stands here now. Times of files would not: a checkout or a copy changes them. */
function stampOf() {
  const hash = createHash('sha256').update([compiler, ...flags].join('\0'));
  for (const file of [
    source,
    script,
    ...['node_version.h', 'node_api.h', 'uv.h'].map((name) => join(headers, name)),
  ])
    hash.update(read(file));
  return hash.digest('hex');
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** By way of a new file: a process that runs keeps the binary that it has mapped, and nobody ever sees half of one. */
function compile() {
  mkdirSync(dirname(output), { recursive: true });
  const fresh = `${output}.${process.pid}`;
  // Wherever the sources lie, they make the same binary.
  const anywhere = `-ffile-prefix-map=${root}=.`;
  const args = [...flags, anywhere, '-o', fresh, source];
  const { error, status } = spawnSync(compiler, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) fail(`The C compiler did not start: ${error.message}.`);
  if (status !== 0) fail(`${compiler} failed.`);
  renameSync(fresh, output);
  writeFileSync(`${output}.stamp`, stamp);
}

/** @returns {never} */
function fail(message) {
  console.error(`${message}\nOn Debian: apt-get install gcc libc6-dev libnode-dev libuv1-dev`);
  process.exit(1);
}
