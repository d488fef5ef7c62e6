import { readTrace, TraceError } from '../trace/reader.ts';
import { report } from '../trace/report.ts';
import { SetValues } from '../trace/set-values.ts';
import { Trial } from '../trace/trial.ts';
import type { Action } from './action.ts';

/** Tells what was decided in a trace and why, and what other settings would have made of it. */
export const replay: Action = ({ operands: [file = ''], options: { set } }) => {
  const trial = new Trial(new SetValues(Array.isArray(set) ? set : []));
  const complain = (text: string) => process.stderr.write(`fault_tolerant_router: ${text}\n`);
  try {
    for (const record of readTrace(file, (text) => complain(`${file}: ${text}`))) trial.feed(record);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    complain(error.message);
    return 1;
  }
  const findings = trial.end();
  if (findings === undefined) {
    complain(`${file}: no run begins in it`);
    return 1;
  }
  process.stdout.write(`${report(findings).join('\n')}\n`);
  return 0;
};
