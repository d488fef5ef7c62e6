import type { TargetRecord } from './target-record.ts';

const NO_REPLY = 'no reply';
/** A shorter silence, ms, is not worth a word. */
const MENTIONABLE = 100;

/** Why these of so many targets fail, for how long nobody has answered, ms, and how many are needed. */
export function failing(
  records: readonly TargetRecord[],
  of: number,
  silence: number,
  needed: number,
): string {
  const words = [...new Set(records.map(({ refusal }) => refusal ?? NO_REPLY))].join('; ');
  const span = silence < MENTIONABLE ? '' : ` for ${seconds(silence)}`;
  return `${words} from ${records.length} of ${of} targets${span}, ${needed} needed`;
}

/** So many of so many probes within so many ms. */
export function losing(missed: number, of: number, span: number): string {
  return `${missed} of ${of} probes lost in ${seconds(span)}`;
}

/** So many of the targets that were asked. */
export function answering(answering: number, of: number, needed: number): string {
  return `${answering} of ${of} targets answer, ${needed} needed`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
