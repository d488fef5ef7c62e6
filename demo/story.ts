import { Transcript } from '../test/support/waiting.ts';

/** A line of the story. */
export interface StoryLine {
  /** An act begins, something is done or seen, or the daemon has said it. */
  readonly kind: 'act' | 'scene' | 'daemon';
  /** Local time of day, "14:03:11.204". */
  readonly time: string;
  readonly text: string;
}

/** What happens, in the order in which it happens. */
export class Story extends Transcript<StoryLine> {
  tell(kind: 'act' | 'scene', text: string): void {
    this.add({ kind, time: timeOfDay(new Date()), text });
  }

  /** Takes in what a daemon logs, but for its operations on the kernel. */
  follow(log: Transcript<string>): void {
    let position = 0;
    const take = () => {
      for (; position < log.entries.length; position++) {
        const line = daemonLine(log.entries[position] ?? '');
        if (line !== undefined) this.add(line);
      }
    };
    log.subscribe(take);
    take();
  }
}

function daemonLine(entry: string): StoryLine | undefined {
  const [, time, text] = /^\S+ (\d\d:\d\d:\d\d\.\d{3}) (.*)$/.exec(entry) ?? [];
  // Whatever is not of the log is a cry for help.
  if (time === undefined || text === undefined)
    return { kind: 'daemon', time: timeOfDay(new Date()), text: entry };
  return isNews(text) ? { kind: 'daemon', time, text } : undefined;
}

/** Of an uplink's state only what has changed in it. */
function isNews(text: string): boolean {
  if (text.startsWith('Kernel: ')) return false;
  return !/^Uplink .*: ip .*, gateway /.test(text) || text.includes(' --> ');
}

function timeOfDay(date: Date): string {
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
