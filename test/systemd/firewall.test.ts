import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootRouter, configure, UNIT } from './router.ts';

test('the service, which is not root, keeps its table, also after a hook that has no privileges', async (t) => {
  const { site, machine } = await bootRouter(t, [{ name: 'eth1' }]);
  site.router.nft('flush ruleset');
  site.settings.firewall = { manage: true };
  site.settings.hooks = [{ on: ['started'], command: ['grep', 'CapEff', '/proc/self/status'] }];
  await configure(machine, site.settings);
  /** Waits until the service has said it, for 20 s at most; all that it has said. */
  const says = (words: string) =>
    machine.exec(
      `for i in $(seq 200); do
         if journalctl --output=cat --unit=${UNIT} | grep -q '${words}'; then break; fi
         sleep 0.1
       done
       journalctl --output=cat --unit=${UNIT}`,
    );
  await machine.exec(`systemctl start ${UNIT}`);
  assert.match(await says('managed table, made'), /Firewall: the managed table, made/);
  assert.match(await says('Hook grep: started'), /Hook grep: CapEff:\s0{16}/);
  site.router.nft('flush ruleset');
  assert.match(await says('repaired: the managed table'), /repaired: the managed table, made/);
  assert.match(site.router.exec(['nft', 'list', 'ruleset']), /^table inet fault_tolerant_router/);
});
