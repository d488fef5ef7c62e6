import type { PolicySummary } from '../monitor/event.ts';
import { lineTitle } from '../monitor/line-name.ts';
import { formatSteering } from '../monitor/steering.ts';
import { columns, line, type Style, type Terminal } from './span.ts';

const TITLE = 'POLICY';

/** Where the policies lead, as a table whose lines fit the terminal; nothing where there are none. Pure. */
export function policyTable(policies: readonly PolicySummary[], terminal: Terminal): string[] {
  if (policies.length === 0) return [];
  const titles = policies.map(({ policy, family }) => lineTitle(policy, family));
  const width = Math.max(...[TITLE, ...titles].map(columns));
  const row = (title: string, text: string, style?: Style) => {
    const name = title + ' '.repeat(width - columns(title));
    return line([{ text: name, style: 'bold' }, { text: '  ' }, { text, ...(style && { style }) }], terminal);
  };
  const heading = line([{ text: `${TITLE.padEnd(width)}  LEADS OVER`, style: 'dim' }], terminal);
  return [
    heading,
    ...policies.map((policy, index) =>
      row(titles[index] ?? '', way(policy), policy.replaced ? 'yellow' : undefined),
    ),
  ];
}

/** "Fibre 75 %, Cable 25 %", "Cable, in place of its own": a part says nothing where there is one alone. */
function way(policy: PolicySummary): string {
  const alone = policy.carriers.length === 1;
  const text = formatSteering(policy, ({ description, share }) =>
    alone ? description : `${description} ${Math.round(100 * share)} %`,
  );
  return policy.replaced ? `${text}, in place of its own` : text;
}
