import { monotonic } from '../native.ts';
import { type Address, familyOf } from '../network/address.ts';
import { type Method, method } from './method.ts';

/**
 * Has a neighbour on the interface with that index asked for its link-layer address; resolves with whether it has
 * answered, throws Error when it cannot be asked.
 */
export type Solicit = (index: number, address: Address, signal: AbortSignal) => Promise<boolean>;

/**
 * Asks the gateway of the path for its link-layer address (ARP, RFC 826; neighbour discovery, RFC 4861). It answers also when nothing behind it
 * does: an answer alone says little of the internet, a missing one says that the line is dead. The time holds up to
 * a tick of the kernel's clock (10 ms) beside that of the answer.
 */
export function neighbour(solicit: Solicit): Method<unknown> {
  return method(async ({ index, gateway }, _, { signal }) => {
    if (gateway === undefined) throw new Error('no gateway to ask');
    const began = monotonic();
    if (!(await solicit(index, gateway, signal)))
      throw new Error(
        `${gateway} does not answer ${familyOf(gateway) === 4 ? 'ARP' : 'neighbour discovery'}`,
      );
    return monotonic() - began;
  });
}
