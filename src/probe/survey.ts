import type { Clock } from '../clock.ts';
import type { EchoChannel, EchoListener, OpenEcho } from './echo-socket.ts';
import { isToken } from './flights.ts';
import type { Inquiry, Method, Outcome } from './method.ts';
import type { ProbePath } from './path.ts';
import { type SoloTarget, type Target, targetName } from './target.ts';
import { nextToken } from './token.ts';

/** What came of asking one target: the time until its answer, ms, or why there is none. */
export type TargetReport =
  | { readonly target: string; readonly rtt: number }
  | { readonly target: string; readonly failure: string };

/** What a survey works with. */
export interface SurveyMeans {
  readonly targets: readonly Target[];
  /** How long a reply may take, ms. */
  readonly timeout: number;
  readonly clock: Clock;
  readonly open: OpenEcho;
  readonly ask: Method<SoloTarget>;
}

/**
 * Asks every target once, by a socket of its own: the regular checks neither see it nor wait for it. `done` is called
 * once, with a report for each target in turn, after all have answered or failed or their time is over. Returns a
 * function that ends it before.
 */
export function survey(
  path: ProbePath,
  { targets, timeout, clock, open, ask }: SurveyMeans,
  done: (reports: readonly TargetReport[]) => void,
): () => void {
  const reports = new Map<string, TargetReport>();
  const inquiries = new Map<string, Inquiry>();
  const echoes = targets.filter((target) => target.method === 'echo');
  const requests = echoes.map(({ address }, sequence) => ({ target: address, sequence, token: nextToken() }));
  let sentAt: readonly number[] = [];
  let channel: EchoChannel | undefined;
  let over = false;
  const end = (otherwise?: string) => {
    if (over) return;
    over = true;
    cancelDeadline();
    channel?.close();
    for (const inquiry of inquiries.values()) inquiry.cancel();
    const missing = (target: string) => otherwise ?? inquiries.get(target)?.overdue ?? 'no reply';
    const names = targets.map(targetName);
    done(names.map((target) => reports.get(target) ?? { target, failure: missing(target) }));
  };
  const report = (target: string, outcome: Outcome) => {
    reports.set(target, { target, ...outcome });
    if (reports.size === targets.length) end();
  };
  const receive: EchoListener = (echo, receivedAt) => {
    const request = requests[echo.sequence];
    if (over || request === undefined || !isToken(request.token, echo)) return;
    const { target, sequence } = request;
    const rtt = receivedAt - (sentAt[sequence] ?? receivedAt);
    if (echo.kind === 'error') report(target, { failure: `"${echo.meaning}" from ${echo.from}` });
    else if (rtt < timeout) report(target, { rtt });
  };
  const cancelDeadline = clock.at(clock.now() + timeout, () => {
    channel?.drain();
    end();
  });
  for (const target of targets) {
    if (target.method === 'echo') continue;
    const name = targetName(target);
    inquiries.set(
      name,
      ask(path, target, (outcome) => report(name, outcome)),
    );
  }
  const unsent = (count: number, failure: string) =>
    requests.slice(count).forEach(({ target }) => report(target, { failure }));
  try {
    if (requests.length > 0) channel = open(path, receive);
    const { sent = [], error } = channel?.send(requests) ?? {};
    sentAt = sent;
    if (error !== undefined) unsent(sent.length, error.message);
  } catch (error) {
    unsent(0, `no probe socket on ${path.device}: ${(error as Error).message}`);
  }
  return () => end('given up');
}
