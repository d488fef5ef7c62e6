import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AF_UNIX, unixAddress } from '../../src/native/sockaddr.ts';
import { SOCK_DGRAM, Socket } from '../../src/native.ts';
import { ServiceManager } from '../../src/observe/service-manager.ts';

/** What a service tells a manager that listens at an address. */
function listen(t: TestContext, address: string): () => string[] {
  const socket = new Socket(AF_UNIX, SOCK_DGRAM, 0);
  t.after(() => socket.close());
  socket.bind(unixAddress(address));
  return () => {
    const told: string[] = [];
    socket.receive(({ data }) => told.push(new TextDecoder().decode(data)));
    return told;
  };
}

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'ftr-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

for (const kind of ['path', 'abstract'] as const) {
  test(`a manager at an address of kind ${kind} is told how the service stands`, (t) => {
    const address = kind === 'path' ? join(directory(t), 'notify') : `@ftr-${process.pid}`;
    const told = listen(t, address);
    const manager = ServiceManager.take({ NOTIFY_SOCKET: address }, 1);
    assert.ok(manager);
    manager.ready('2 of 2 uplinks work');
    manager.status('1 of 2 uplinks works');
    manager.reloading(1234.5678);
    manager.alive('no uplink works');
    manager.stopping();
    assert.deepEqual(told(), [
      'READY=1\nSTATUS=2 of 2 uplinks work\n',
      'STATUS=1 of 2 uplinks works\n',
      'RELOADING=1\nMONOTONIC_USEC=1234567\n',
      'READY=1\nSTATUS=no uplink works\nWATCHDOG=1\n',
      'STOPPING=1\n',
    ]);
  });
}

test('without a manager there is none', () => {
  assert.equal(ServiceManager.take({}, 1), undefined);
  assert.equal(ServiceManager.take({ NOTIFY_SOCKET: '' }, 1), undefined);
});

test('an address that is none is an error', () => {
  assert.throws(() => ServiceManager.take({ NOTIFY_SOCKET: 'x'.repeat(108) }, 1), RangeError);
});

test('its patience is known where it watches this process', () => {
  const watch = { NOTIFY_SOCKET: '@x', WATCHDOG_USEC: '10000000' };
  const patience = (environment: NodeJS.ProcessEnv) => ServiceManager.take({ ...environment }, 7)?.patience;
  assert.equal(patience(watch), 10_000);
  assert.equal(patience({ ...watch, WATCHDOG_PID: '7' }), 10_000);
  assert.equal(patience({ ...watch, WATCHDOG_PID: '8' }), undefined);
  assert.equal(patience({ NOTIFY_SOCKET: '@x' }), undefined);
});

test('what is meant for this process is not handed on to its children', () => {
  const environment = { NOTIFY_SOCKET: '@x', WATCHDOG_USEC: '1', WATCHDOG_PID: '1', HOME: '/root' };
  ServiceManager.take(environment, 1);
  assert.deepEqual(environment, { HOME: '/root' });
});

test('a manager that is away harms nothing', (t) => {
  const manager = ServiceManager.take({ NOTIFY_SOCKET: join(directory(t), 'nobody') }, 1);
  manager?.ready('2 of 2 uplinks work');
});

test('a manager that does not listen holds nothing up', (t) => {
  const address = `@ftr-deaf-${process.pid}`;
  listen(t, address);
  const manager = ServiceManager.take({ NOTIFY_SOCKET: address }, 1);
  for (let i = 0; i < 10_000; i++) manager?.alive('2 of 2 uplinks work');
});
