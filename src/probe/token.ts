import { randomFillSync } from 'node:crypto';
import { TOKEN } from './icmp.ts';

/** How many tokens one call of the system's generator yields: a call costs as much as a probe. */
const BATCH = 256;

let pool = new Uint8Array(0);
let used = 0;

/** TOKEN bytes that nobody can guess and that were never handed out before. */
export function nextToken(): Uint8Array {
  if (used === pool.length) {
    // Never filled anew: tokens are views of it, and may still be waited for.
    pool = randomFillSync(new Uint8Array(BATCH * TOKEN));
    used = 0;
  }
  used += TOKEN;
  return pool.subarray(used - TOKEN, used);
}
