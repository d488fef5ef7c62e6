import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatRule } from '../../src/network/rule.ts';
import { allLinks, cable, configuration, ethernet, fibre, laboratory, mobile, ppp } from './laboratory.ts';

const WHOLE = 0xffff_ffff;

/** A laboratory whose monitor has run for a while. */
function running(settings = configuration()) {
  const all = laboratory({ settings });
  const monitor = all.start();
  all.clock.advance(1000);
  return { ...all, monitor };
}

describe('the connections of an uplink', () => {
  test('are forgotten once it is dead and its routes have gone, and that is told', async () => {
    const { clock, dead, kernel, log, balancing } = running();
    const forget = kernel.forget.bind(kernel);
    let routes: string | undefined;
    kernel.forget = async (...all) => {
      routes = balancing();
      return forget(...all);
    };
    dead.add('eth2');
    clock.advance(20_000);
    await new Promise(setImmediate);
    assert.deepEqual(kernel.forgotten, [{ family: 4, value: 2, mask: WHOLE }]);
    assert.match(routes ?? '', /^default via 198\.18\.1\.1 dev eth1/);
    assert.ok(log.includes('Uplink Cable: its connections begin anew on a line that works'));
  });

  test('are left alone when nothing else works, and when they are to be kept', () => {
    const { clock, dead, kernel } = running();
    for (const device of ['eth1', 'eth2', 'ppp0']) dead.add(device);
    clock.advance(20_000);
    assert.deepEqual(kernel.forgotten, []);
    const kept = running(configuration([{ ...fibre, on_failure: 'keep' }, cable, mobile]));
    kept.dead.add('eth1');
    kept.clock.advance(20_000);
    assert.deepEqual(kept.kernel.forgotten, []);
  });

  test('are forgotten when it is forced down, not when it is drained', () => {
    const { kernel, monitor } = running();
    monitor.override('Cable', { kind: 'drained' });
    assert.deepEqual(kernel.forgotten, []);
    monitor.override('Cable', { kind: 'down' });
    assert.deepEqual(kernel.forgotten, [{ family: 4, value: 2, mask: WHOLE }]);
  });

  test('are forgotten when it has another address', () => {
    const { kernel } = running();
    const { addresses: _, ...link } = ppp();
    kernel.setLinks([
      ethernet('eth1', 1),
      ethernet('eth2', 2),
      { ...link, addresses: [{ address: '198.18.3.9', peer: '198.18.3.1', prefixLength: 32 }] },
    ]);
    assert.deepEqual(kernel.forgotten, [{ family: 4, value: 3, mask: WHOLE }]);
  });

  test('leave a line that only stood in, where the one that is back says so', () => {
    const move = { on_return: 'move' } as const;
    const { clock, dead, kernel } = running(
      configuration([{ ...fibre, ...move }, { ...cable, ...move }, mobile]),
    );
    dead.add('eth1').add('eth2');
    clock.advance(20_000);
    const before = kernel.forgotten.length;
    dead.clear();
    clock.advance(20_000);
    assert.deepEqual(kernel.forgotten.slice(before), [{ family: 4, value: 3, mask: WHOLE }]);
  });

  test('that cannot be forgotten are told of', async () => {
    const { clock, dead, kernel, log } = running();
    kernel.forget = () => Promise.reject(new Error('forget connections: EPERM: operation not permitted'));
    dead.add('eth2');
    clock.advance(20_000);
    await new Promise(setImmediate);
    assert.ok(
      log.includes(
        'Uplink Cable: its connections stay behind: forget connections: EPERM: operation not permitted',
      ),
    );
  });
});

test('connections that are forced to a dead uplink fall back to the others where it says so', () => {
  const { clock, dead, kernel, monitor } = running(
    configuration([fibre, { ...cable, forced: 'fallback' }, mobile]),
  );
  const marked = () =>
    kernel
      .rules()
      .map(formatRule)
      .filter((rule) => rule.includes('fwmark 0x2 '));
  const own = ['40004: from all fwmark 0x2 lookup 2 proto 70'];
  assert.deepEqual(marked(), own);
  dead.add('eth2');
  clock.advance(20_000);
  assert.deepEqual(marked(), ['40004: from all fwmark 0x2 lookup 4 proto 70']);
  dead.clear();
  clock.advance(20_000);
  assert.deepEqual(marked(), own);
  monitor.override('Cable', { kind: 'down' });
  assert.deepEqual(marked(), ['40004: from all fwmark 0x2 lookup 4 proto 70']);
  assert.equal(allLinks.length, 3);
});
