import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knowsServiceClass } from '../../src/kernel/service-class.ts';
import { NetlinkError } from '../../src/netlink/error.ts';

for (const [code, known] of [
  ['ERANGE', true],
  ['EINVAL', true],
  ['ENOENT', false],
] as const) {
  test(`a kernel that answers ${code} ${known ? 'knows' : 'does not know'} the class of service`, () => {
    const deleteRule = () => {
      throw new NetlinkError('delete rule', code, 'as told');
    };
    assert.equal(knowsServiceClass({ deleteRule }), known);
  });
}

test('what else goes wrong is told', () => {
  const deleteRule = () => {
    throw new NetlinkError('delete rule', 'EPERM', 'as told');
  };
  assert.throws(() => knowsServiceClass({ deleteRule }), { code: 'EPERM' });
});
