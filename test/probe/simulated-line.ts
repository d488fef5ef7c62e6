import { Detector, type DetectorRules, type Verdict } from '../../src/probe/detector.ts';
import type { Attempt } from '../../src/probe/waiting.ts';
import { generator } from '../support/generator.ts';

/** A line as it behaves at a time in ms: part of the probes that it loses, 0 to 1, and its round-trip time, ms. */
export type Line = (now: number) => { readonly loss?: number; readonly rtt?: number };

export interface Simulation {
  readonly rules: DetectorRules;
  readonly line: Line;
  readonly duration: number;
  readonly targets?: number;
  /** So many of the targets never answer. */
  readonly dead?: number;
  /** Data arrive all the time. */
  readonly busy?: boolean;
  readonly seed: number;
}

/** A verdict that is not like the one before it. */
export interface Change extends Verdict {
  readonly at: number;
}

/** What the detector made of a line, when probes were sent and replies came; nothing is left to chance but by the seed. */
export function simulate({ rules, line, duration, targets = 6, dead = 0, busy = false, seed }: Simulation) {
  const random = generator(seed);
  const names = Array.from({ length: targets }, (_, index) => `target ${index}`);
  const silent = new Set(names.slice(0, dead));
  const detector = new Detector(names, rules, 0);
  detector.busy = busy;
  const replies: { readonly at: number; readonly attempt: Attempt; readonly rtt: number }[] = [];
  const changes: Change[] = [];
  const sent: number[] = [];
  const heard: number[] = [];

  const probe = (name: string, now: number) => {
    sent.push(now);
    const attempt = detector.sent(name, now);
    const { loss = 0, rtt = 20 } = line(now);
    if (!silent.has(name) && random() >= loss) replies.push({ at: now + rtt, attempt, rtt });
  };
  const look = (now: number) => {
    detector.expire(now);
    for (let asked = detector.ask(now); asked.length > 0; asked = detector.ask(now))
      for (const name of asked) probe(name, now);
    for (let verdict = detector.verdict(now); verdict !== undefined; verdict = detector.verdict(now))
      if (verdict.passed !== changes.at(-1)?.passed) changes.push({ ...verdict, at: now });
  };

  look(0);
  for (let now = 0; now <= duration; look(now)) {
    replies.sort((a, b) => a.at - b.at);
    const [reply] = replies;
    if (reply !== undefined && reply.at <= detector.wakeAt) {
      replies.shift();
      now = reply.at;
      heard.push(now);
      detector.answered(reply.attempt, reply.rtt, now);
    } else now = Math.max(now + 0.001, detector.wakeAt);
  }
  return { changes, sent, heard };
}
