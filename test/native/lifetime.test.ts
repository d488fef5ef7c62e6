import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, readlinkSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { SOCK_DGRAM, Socket } from '../../src/native.ts';
import { AF_UNIX, unixAddress } from '../../src/native/sockaddr.ts';

const file = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** JavaScript that makes a UNIX datagram socket with a datagram of one byte in it. */
const prelude = `
  const { Socket, SOCK_DGRAM } = await import(${file('../../src/native.js')});
  const { AF_UNIX, unixAddress } = await import(${file('../../src/native/sockaddr.js')});
  const socket = new Socket(AF_UNIX, SOCK_DGRAM, 0);
  const address = unixAddress('@lifetime-test-' + process.pid + '-' + socket.fd);
  socket.bind(address);
  socket.send(Uint8Array.of(1), address);`;

/** Runs a program after the prelude in a process of its own. */
function run(program: string) {
  const args = ['--expose-gc', '--input-type=module', '--eval', prelude + program];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, signal, stdout, stderr };
}

/** Starts a worker with a program after the prelude; it is given `parentPort`. */
function startWorker(program: string): Worker {
  const code = `(async () => { const { parentPort } = require('node:worker_threads'); ${prelude + program} })()`;
  return new Worker(code, { eval: true });
}

/** What the kernel calls the socket of a descriptor: "socket:[1234]", which no later one will be called. */
const inode = (fd: number) => readlinkSync(`/proc/self/fd/${fd}`);
const stands = (fd: number, name: string) => existsSync(`/proc/self/fd/${fd}`) && inode(fd) === name;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Collects garbage until something holds; finalizers run in later turns of the loop. */
async function collectUntil(holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 100 && !holds(); attempt++) {
    collectGarbage();
    await turn();
  }
  assert.ok(holds());
}

function boundSocket(t: TestContext) {
  const socket = new Socket(AF_UNIX, SOCK_DGRAM, 0);
  t.after(() => socket.close());
  const address = unixAddress(`@lifetime-test-${process.pid}-${socket.fd}`);
  socket.bind(address);
  return { socket, address };
}

test('an exception of the callback is an uncaught exception, and the watch goes on', () => {
  const { status, stdout, stderr } = run(`
    process.on('uncaughtException', (error) => console.log(error.message));
    let calls = 0;
    socket.watch(() => {
      if (++calls === 3) socket.close();
      throw new Error('call ' + calls);
    });`);
  assert.equal(stdout, 'call 1\ncall 2\ncall 3\n', stderr);
  assert.equal(status, 0);
});

test('an exception that nobody handles ends the process as any other', () => {
  const { status, stderr } = run(`socket.watch(() => { throw new Error('unhandled') });`);
  assert.equal(status, 1);
  assert.match(stderr, /Error: unhandled/);
});

test('promises and ticks of a callback run before the next callback', () => {
  const { stdout, stderr } = run(`
    let calls = 0;
    socket.watch(() => {
      console.log('callback');
      process.nextTick(() => console.log('tick'));
      Promise.resolve().then(() => console.log('promise'));
      if (++calls === 2) socket.close();
    });`);
  assert.equal(stdout, 'callback\ntick\npromise\n'.repeat(2), stderr);
});

test('a watched socket keeps the process alive, until unref, unwatch or close', () => {
  const programs = [
    'socket.watch(() => console.log("called")); socket.unref();', // not ready yet: the process ends at once
    'socket.watch(() => socket.close());',
    'socket.watch(() => socket.unwatch());',
    'socket.watch(() => socket.unref());',
    'socket.unref(); socket.ref(); socket.watch(() => { console.log("called"); socket.close() });',
  ];
  const outputs = programs.map((program) => {
    const { status, stdout, stderr } = run(program);
    assert.equal(status, 0, program + stderr);
    return stdout;
  });
  assert.equal(outputs.at(-1), 'called\n');
});

test('a process may exit inside a callback, or while sockets are watched', () => {
  assert.equal(run('socket.watch(() => process.exit(7));').status, 7);
  assert.equal(run('socket.watch(() => {}); setImmediate(() => process.exit(7));').status, 7);
});

test('children do not inherit the descriptor', (t) => {
  const { socket } = boundSocket(t);
  const { stdout } = spawnSync('sh', ['-c', 'ls -l /proc/self/fd/'], { encoding: 'utf8' });
  assert.match(stdout, / 0 -> /);
  assert.ok(!stdout.includes(inode(socket.fd)));
});

test('descriptors that a peer hands over are not kept', (t) => {
  const { socket, address } = boundSocket(t);
  const name = `\\0${Buffer.from(address).toString('utf8', 3)}`;
  const program = `
import socket
sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sender.connect('${name}')
socket.send_fds(sender, [b'x'], [0, 1, 2])`;
  // Not pipes: one that is on its way in the socket does not end with the child.
  const { status, error } = spawnSync('python3', ['-c', program], { stdio: 'ignore' });
  if (error !== undefined) return t.skip('python3 is not installed');
  assert.equal(status, 0);
  const probe = () => {
    const { socket } = boundSocket(t);
    const { fd } = socket;
    socket.close();
    return fd;
  };
  const lowest = probe();
  assert.equal(
    socket.receive(({ data }) => assert.deepEqual(data, new TextEncoder().encode('x'))),
    1,
  );
  assert.equal(probe(), lowest);
});

test('garbage closes its descriptor', async () => {
  const [fd, name] = (() => {
    const socket = new Socket(AF_UNIX, SOCK_DGRAM, 0);
    return [socket.fd, inode(socket.fd)];
  })();
  assert.ok(stands(fd, name));
  await collectUntil(() => !stands(fd, name));
});

test('a descriptor that was released is left to whoever took it', async () => {
  let collected = false;
  const registry = new FinalizationRegistry(() => (collected = true));
  const [fd, name] = (() => {
    const socket = new Socket(AF_UNIX, SOCK_DGRAM, 0);
    registry.register(socket, undefined);
    const name = inode(socket.fd);
    socket.watch(() => assert.fail('called'));
    const fd = socket.release();
    assert.equal(socket.fd, -1);
    socket.close();
    return [fd, name];
  })();
  await collectUntil(() => collected);
  await turn();
  assert.ok(stands(fd, name));
  closeSync(fd);
});

test('a process that has released a watched socket does not wait for it', () => {
  const { status, stdout } = run('socket.watch(() => console.log("called")); socket.release();');
  assert.deepEqual([status, stdout], [0, '']);
});

test('a watched socket is no garbage, though nobody else holds it', () => {
  const { stdout, stderr } = run(`
    const other = unixAddress('@lifetime-test-' + process.pid + '-watched');
    (() => {
      const watched = new Socket(AF_UNIX, SOCK_DGRAM, 0);
      watched.bind(other);
      watched.watch(() => { console.log('called'); process.exit(); });
    })();
    for (let round = 0; round < 5; round++) {
      gc();
      await new Promise(setImmediate);
    }
    socket.send(Uint8Array.of(1), other);`);
  assert.equal(stdout, 'called\n', stderr);
});

test('a worker uses sockets, and leaves none behind', async () => {
  const worker = startWorker(`
    socket.watch(() => {
      socket.receive(({ data }) => parentPort.postMessage([data[0], socket.fd]));
    });
    parentPort.once('message', () => socket.unref());`);
  const [[byte, fd]] = (await once(worker, 'message')) as [[number, number]];
  assert.equal(byte, 1);
  const name = inode(fd);
  worker.postMessage('end', []);
  assert.deepEqual(await once(worker, 'exit'), [0]);
  assert.ok(!stands(fd, name));
});

test('a worker that is terminated leaves no descriptor behind, in whatever it is', async () => {
  const programs = [
    'socket.watch(() => {}); parentPort.postMessage(socket.fd);', // called all the time
    'socket.receive(() => {}); socket.watch(() => {}); parentPort.postMessage(socket.fd);', // waiting
    'parentPort.postMessage(socket.fd); socket.watch(() => { for (;;); });', // within the callback
    'socket.close(); const other = new Socket(AF_UNIX, SOCK_DGRAM, 0); parentPort.postMessage(other.fd); setInterval(() => other, 1e6);',
  ];
  for (const program of programs) {
    const worker = startWorker(program);
    const [fd] = (await once(worker, 'message')) as [number];
    const name = inode(fd);
    await worker.terminate();
    assert.ok(!stands(fd, name), program);
  }
});
