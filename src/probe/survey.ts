import type { Clock } from '../clock.ts';
import type { Address } from '../network/address.ts';
import type { EchoChannel, EchoListener, EchoPath, OpenEcho } from './echo-socket.ts';
import { isToken } from './flights.ts';
import { nextToken } from './token.ts';

/** What came of asking one target: the time until its answer, ms, or why there is none. */
export type TargetReport =
  | { readonly target: string; readonly rtt: number }
  | { readonly target: string; readonly failure: string };

/** What a survey works with. */
export interface SurveyMeans {
  readonly targets: readonly Address[];
  /** How long a reply may take, ms. */
  readonly timeout: number;
  readonly clock: Clock;
  readonly open: OpenEcho;
}

/**
 * Asks every target once, by a socket of its own: the regular checks neither see it nor wait for it. `done` is called
 * once, with a report for each target in turn, after all have answered or failed or their time is over. Returns a
 * function that ends it before.
 */
export function survey(
  path: EchoPath,
  { targets, timeout, clock, open }: SurveyMeans,
  done: (reports: readonly TargetReport[]) => void,
): () => void {
  const reports = new Map<Address, TargetReport>();
  const requests = targets.map((target, sequence) => ({ target, sequence, token: nextToken() }));
  let sentAt: readonly number[] = [];
  let channel: EchoChannel | undefined;
  let over = false;
  const end = (otherwise: string) => {
    if (over) return;
    over = true;
    cancelDeadline();
    channel?.close();
    done(targets.map((target) => reports.get(target) ?? { target, failure: otherwise }));
  };
  const report = (one: TargetReport) => {
    reports.set(one.target, one);
    if (reports.size === targets.length) end('');
  };
  const receive: EchoListener = (echo, receivedAt) => {
    const request = requests[echo.sequence];
    if (over || request === undefined || !isToken(request.token, echo)) return;
    const { target, sequence } = request;
    const rtt = receivedAt - (sentAt[sequence] ?? receivedAt);
    if (echo.kind === 'error') report({ target, failure: `"${echo.meaning}" from ${echo.from}` });
    else if (rtt < timeout) report({ target, rtt });
  };
  const cancelDeadline = clock.at(clock.now() + timeout, () => {
    channel?.drain();
    end('no reply');
  });
  try {
    channel = open(path, receive);
    const { sent, error } = channel.send(requests);
    sentAt = sent;
    for (const { target } of error === undefined ? [] : requests.slice(sent.length))
      report({ target, failure: error?.message ?? '' });
  } catch (error) {
    end(`no probe socket on ${path.device}: ${(error as Error).message}`);
  }
  return () => end('given up');
}
