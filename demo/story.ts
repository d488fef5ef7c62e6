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
  const news = newsOf(text);
  return news === undefined ? undefined : { kind: 'daemon', time, text: news };
}

/** Of an uplink's state only what has changed, but for up and down, which another line has told with the reason. */
function newsOf(text: string): string | undefined {
  if (text.startsWith('Kernel: ')) return undefined;
  const [, uplink, state] = /^(Uplink .*): (ip .*, gateway .*)$/.exec(text) ?? [];
  if (uplink === undefined || state === undefined) return text;
  const changes = state.split(', ').filter((part) => / --> (?!up$|down$)/.test(part));
  return changes.length === 0 ? undefined : `${uplink}: ${changes.join(', ')}`;
}

function timeOfDay(date: Date): string {
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
