import { WHOLE_MARK } from '../plan/numbering.ts';

/** A mark in which only some bits are ours; both unsigned, the value lies within the mask. */
export interface MaskedMark {
  readonly value: number;
  readonly mask: number;
}

/**
 * The statement of nft(8) that gives the packet ("meta") or its connection ("ct") a mark and leaves the other bits,
 * as `nft list` prints it: bits that are set anyway are not cleared before.
 */
export function setMark(of: 'meta' | 'ct', { value, mask }: MaskedMark): string {
  if (mask === WHOLE_MARK) return `${of} mark set ${hex(value)}`;
  const kept = (~mask | value) >>> 0;
  const rest = kept === WHOLE_MARK ? '' : ` & ${hex(kept)}`;
  return `${of} mark set ${of} mark${rest} | ${hex(value)}`;
}

/** The expression that reads our bits of a connection's mark, as `nft list` prints it. */
export function connectionMark(mask: number): string {
  return mask === WHOLE_MARK ? 'ct mark' : `ct mark & ${hex(mask)}`;
}

/** The expression that is for new connections to which nobody has given a mark of ours, as `nft list` prints it. */
export function withoutMark(mask: number): string {
  const none = (of: 'ct' | 'meta') =>
    mask === WHOLE_MARK ? `${of} mark ${hex(0)}` : `${of} mark & ${hex(mask)} == ${hex(0)}`;
  return `${none('ct')} ${none('meta')}`;
}

/** As nft prints marks: "0x00000001". */
export function hex(mark: number): string {
  return `0x${mark.toString(16).padStart(8, '0')}`;
}
