import { monotonic } from '../test/support/exchange.ts';
import type { Act } from './acts.ts';
import { called, type LineName, lines } from './configuration.ts';
import { type Count, count, settled } from './connections.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';

/** What an act has shown; times in ms. */
export interface Outcome {
  readonly title: string;
  /** From the fault to the kernel's new balancing route; absent when the route had no need to change, or nowhere to lead. */
  readonly movedAfter?: number;
  /** From the repair until the daemon had every broken line in service again. */
  readonly backAfter: number;
  /** From the fault to the end of the act. */
  readonly connections: Count;
  /** Lost ones that had left by a line that was not broken; absent when there was none. */
  readonly lostOnHealthy?: number;
}

/** So many new connections are watched before the fault, between fault and repair, and after that. */
const CALM = 180;

const all = lines.map(({ name }) => name);
const providers = ['eth1', 'eth2'] as const satisfies readonly LineName[];

/** Waits until all is well: every line works, and no new connection is lost. Rejects with words when it does not come. */
export async function prelude(stage: Stage, story: Story): Promise<void> {
  await stage.until('every line works', () => stage.are(all, 'up'));
  const since = monotonic();
  await stage.watch(CALM);
  promise(count(stage.connections, since).lost === 0, 'new connections were lost although every line worked');
  story.tell('scene', 'every line works; the two providers share new connections, LTE stands by');
}

/** Plays an act: breaks, watches, mends, watches. Rejects with words when something does not happen as promised. */
export async function play(act: Act, stage: Stage, story: Story): Promise<Outcome> {
  story.tell('scene', act.fault);
  const struckAt = monotonic();
  await act.strike(stage.internet);
  const movedAt = await watchMove(act, stage, story, struckAt);
  await stage.watch(CALM);

  story.tell('scene', act.repair);
  const mendedAt = monotonic();
  await act.mend(stage.internet);
  await stage.until(
    `${names(act.broken)} back in service`,
    () => stage.are(all, 'up') && stage.route.leadsTo(providers),
  );
  const backAt = stage.changedAt(act.broken);
  story.tell('scene', `back in service after ${seconds(backAt - mendedAt)}: ${names(act.broken)}`);
  await stage.watch(CALM);

  const end = monotonic();
  await stage.until('every connection has an outcome', () => settled(stage.connections, end));
  const steady = act.carriers === undefined ? backAt : (movedAt ?? struckAt);
  promise(
    count(stage.connections, steady, end).lost === 0,
    'new connections were lost with a way open to them',
  );
  const healthy = all.filter((name) => !act.broken.includes(name));
  const lostOnHealthy = healthy.length === 0 ? undefined : stage.lostOn(healthy, struckAt);
  promise((lostOnHealthy ?? 0) === 0, `new connections by ${names(healthy)} were lost`);
  return {
    title: act.title,
    ...(movedAt !== undefined && { movedAfter: movedAt - struckAt }),
    backAfter: backAt - mendedAt,
    connections: count(stage.connections, struckAt, end),
    ...(lostOnHealthy !== undefined && { lostOnHealthy }),
  };
}

/** Waits until the router has found its way; when the balancing route changed to that, if it did. */
async function watchMove(
  { broken, carriers }: Act,
  stage: Stage,
  story: Story,
  struckAt: number,
): Promise<number | undefined> {
  await stage.until(`the daemon knows ${names(broken)} as down`, () => stage.are(broken, 'down'));
  if (carriers === undefined) {
    story.tell('scene', 'nothing works any more; the last routes stay');
    return undefined;
  }
  await stage.until(`new connections leave by ${names(carriers)}`, () => stage.route.leadsTo(carriers));
  const movedAt = stage.route.changedTo(carriers, struckAt);
  const when = movedAt === undefined ? 'as before' : `moved after ${seconds(movedAt - struckAt)}`;
  story.tell('scene', `new connections leave by ${names(carriers)}, ${when}`);
  return movedAt;
}

function promise(kept: boolean, otherwise: string): void {
  if (!kept) throw new Error(otherwise);
}

function names(list: readonly LineName[]): string {
  return list.map((name) => called[name]).join(' and ');
}

/** ms as "0.62 s". */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
