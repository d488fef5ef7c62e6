import type { ExplainedRule, Explanation } from './explanation.ts';

/** An explanation for people, in lines. Pure. */
export function explanationText(explanation: Explanation): string[] {
  const { way, taken, passed, shares, resting } = explanation;
  const width = Math.max(0, ...[taken ?? [], passed].flat().map(({ rule }) => rule.length));
  return [
    sentence(explanation),
    ...block('taken', [taken === null ? untold(explanation) : ruleText(taken, width)]),
    ...block(
      'shares',
      shares.map(({ line, share }) => `${line} ${Math.round(100 * share)} %`),
      ', ',
    ),
    ...block(
      'not taken',
      passed.map((rule) => ruleText(rule, width)),
    ),
    ...block(
      'resting',
      // No uplink matters to what stays in the LAN.
      way !== null && way.uplink === null ? [] : resting.map(({ uplink, reason }) => `${uplink}: ${reason}`),
    ),
  ];
}

function sentence(explanation: Explanation): string {
  const { destination, source, mark, in: iif, protocol, port, dscp, way, refusal } = explanation;
  const kind = protocol === 'tcp' ? 'connection' : `${protocol.toUpperCase()} connection`;
  const from = source === null ? 'this host' : `${source}${iif === null ? '' : ` (${iif})`}`;
  const told = [
    ...(port === null ? [] : [` port ${port}`]),
    ...(mark === 0 ? [] : [` with mark 0x${mark.toString(16)}`]),
    ...(dscp === 0 ? [] : [` with DSCP ${dscp}`]),
  ];
  const connection = `A new ${kind} from ${from} to ${destination}${told.join('')}`;
  if (way === null) return `${connection} is refused: ${refusal}.`;
  const line =
    way.uplink === null || way.uplink === way.interface ? way.interface : `${way.uplink} (${way.interface})`;
  if (way.interface === 'lo') return `${connection} stays on this host.`;
  return `${connection} leaves by ${line}${way.source === null ? '' : `, source ${way.source}`}.`;
}

/** No rule of those that are known has decided. */
function untold({ way, refusal }: Explanation): string {
  if (way !== null) return `table ${way.table} decides, by a rule that asks for more than is told here`;
  return refusal?.includes('ENETUNREACH')
    ? 'no rule has a route there'
    : 'the kernel refuses such a packet before any rule';
}

function ruleText({ rule, maker, meaning }: ExplainedRule, width: number): string {
  return `rule ${rule.padEnd(width)}  ${meaning}${maker === 'others' ? ' (not ours)' : ''}`;
}

/** Lines behind a title, or one line when they are joined; nothing when there are none. */
function block(title: string, lines: readonly string[], joint?: string): string[] {
  const shown = joint === undefined || lines.length === 0 ? lines : [lines.join(joint)];
  return shown.map((line, index) => `  ${(index === 0 ? title : '').padEnd(10)} ${line}`);
}
