import { systemClock } from '../clock.ts';
import type { DaemonSettings } from '../daemon.ts';
import type { Log } from '../observe/log.ts';
import { Recorder } from '../trace/recorder.ts';
import { isForeign, TraceFile } from '../trace/trace-file.ts';

/**
 * Records into a file what a daemon decides by; its log is told when the file takes nothing. Undefined where the file
 * holds something else, which is not added to.
 */
export function recording(path: string, log: Log): DaemonSettings['trace'] {
  if (isForeign(path)) return undefined;
  const file = new TraceFile(path, systemClock, (fault) =>
    log.write(
      fault === undefined
        ? { severity: 'notice', text: `Trace ${path} takes records again` }
        : { severity: 'warning', text: `Trace ${path} takes no records, they wait: ${fault}` },
    ),
  );
  return { tracer: new Recorder(file, Date.now), close: () => file.close() };
}
