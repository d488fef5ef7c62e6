import type { Namespace } from './namespace.ts';

/**
 * Runs a file of tests in a namespace; throws with its report when one fails. For tests of code that speaks to the
 * kernel of its own namespace.
 */
export function runTestsInside(namespace: Namespace, file: string): void {
  // With NODE_TEST_CONTEXT they would report to our runner, past us; what stands on standard error explains a
  // failure.
  const node = ['env', '--unset=NODE_TEST_CONTEXT', process.execPath];
  const reporters = ['spec', 'stderr', 'tap', 'stdout'].map((name, index) =>
    index % 2 === 0 ? `--test-reporter=${name}` : `--test-reporter-destination=${name}`,
  );
  const report = namespace.exec([...node, ...reporters, file]);
  if (!/^# pass [1-9]/m.test(report)) throw new Error(`no test has run:\n${report}`);
}
