/** Numbers from 0 to 1, the same for the same seed; xorshift (Marsaglia, Journal of Statistical Software 8, 2003). */
export function generator(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 0x1_0000_0000;
  };
}
