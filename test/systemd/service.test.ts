import { test } from 'node:test';
import { bootRouter, UNIT } from './router.ts';

test('the service starts', async (t) => {
  const { machine } = await bootRouter(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  await machine.exec(`systemctl start ${UNIT} && systemctl is-active ${UNIT}`);
});
