import type { Configuration } from '../../src/config/schema.ts';
import type { KernelListener } from '../../src/kernel/kernel.ts';
import { MemoryKernel } from '../../src/kernel/memory.ts';
import { Monitor } from '../../src/monitor/monitor.ts';
import { LineReader } from '../../src/trace/line-reader.ts';
import type { Beginning, TraceRecord, TracedConfiguration } from '../../src/trace/record.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { Replay } from '../../src/trace/replay.ts';
import { allLinks, cable, configuration, fibre, mobile } from '../monitor/laboratory.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ScriptedWorld } from '../support/scripted-channel.ts';

export const DEVICES = ['eth1', 'eth2', 'ppp0'] as const;
type Device = (typeof DEVICES)[number];

/** What happens to a router, after which so many ms pass. */
export type Act = { readonly span: number } & (
  | { readonly kind: 'line'; readonly device: Device; readonly loss: number; readonly rtt: number }
  | { readonly kind: 'refusal'; readonly device: Device }
  | { readonly kind: 'target'; readonly target: string; readonly alive: boolean }
  | { readonly kind: 'link'; readonly device: Device; readonly up: boolean }
  | { readonly kind: 'gateway'; readonly device: Device }
  | { readonly kind: 'stall' }
  | { readonly kind: 'override'; readonly device: Device; readonly to: 'up' | 'down' | 'drained' | 'auto' }
  | { readonly kind: 'reload'; readonly interval: number; readonly uplinks: number }
);

/** Three uplinks of which two pull at once, tested each second; `tests`: what else is said of that. */
export function settings(tests: Partial<Configuration['tests']> = {}, interval = 1): Configuration {
  const plain = configuration([fibre, cable, mobile], interval);
  return { ...plain, tests: { ...plain.tests, ...tests } };
}

/** A monitor at work in a world of chance, which is the same for the same `random`: what it said, and its trace. */
export function record(start: Configuration, acts: readonly Act[], random: () => number) {
  const clock = new ManualClock();
  const world = new ScriptedWorld(clock);
  const kernel = new MemoryKernel(allLinks);
  let heard: KernelListener | undefined;
  const watch = kernel.watch.bind(kernel);
  kernel.watch = (listener) => watch((heard = listener));
  const lines: string[] = [];
  const keep = (line: string) => lines.push(line);
  const recorder = new Recorder({ append: keep, begin: keep }, () => 0);
  const said: string[] = [];
  const machine = { kernel, clock, open: world.openEcho, ask: world.ask };
  const monitor = new Monitor(
    start,
    machine,
    (event) => {
      if (event.kind === 'moved') said.push(move(clock.now(), event));
    },
    recorder,
  );
  const behaviour = new Map<string, { loss: number; rtt: number; refused?: boolean }>();
  const dead = new Set<string>();
  const down = new Set<string>();
  world.world = ({ target }, { device }) => {
    const { loss, rtt, refused } = behaviour.get(device) ?? { loss: 0, rtt: 20 };
    if (refused === true) return { icmpError: 'host unreachable' };
    return dead.has(target) || random() < loss ? 'lost' : rtt * (0.8 + 0.4 * random());
  };
  monitor.start();
  for (const act of acts) {
    switch (act.kind) {
      case 'line':
        behaviour.set(act.device, act);
        break;
      case 'refusal':
        behaviour.set(act.device, { loss: 0, rtt: 20, refused: true });
        break;
      case 'target':
        if (act.alive) dead.delete(act.target);
        else dead.add(act.target);
        break;
      case 'link':
        if (act.up) down.delete(act.device);
        else down.add(act.device);
        kernel.setLinks(allLinks.map((link) => ({ ...link, running: !down.has(link.name) })));
        break;
      case 'gateway':
        heard?.neighbourFailed(act.device, `198.18.${DEVICES.indexOf(act.device) + 1}.1`);
        break;
      case 'stall':
        clock.leap(act.span);
        continue;
      case 'override':
        if (monitor.uplinks().some(({ member }) => member.name === act.device))
          monitor.override(act.device, act.to === 'auto' ? undefined : { kind: act.to });
        break;
      case 'reload': {
        const next = settings(start.tests, act.interval);
        monitor.reload({ ...next, uplinks: next.uplinks.slice(-act.uplinks) });
      }
    }
    clock.advance(act.span);
  }
  monitor.stop();
  const reader = new LineReader();
  return { said, records: lines.map((line) => reader.record(line)), lines };
}

/** What a replay of the records says, in the same words. */
export function replay(
  [beginning, ...records]: readonly TraceRecord[],
  set: (configuration: TracedConfiguration) => TracedConfiguration = (same) => same,
) {
  const said: string[] = [];
  const made = new Replay(beginning as Beginning, set, {
    moved: (transition) => said.push(move(transition.now, transition)),
    routed() {},
  });
  for (const record of records) made.feed(record);
  made.finish();
  return said;
}

interface Move {
  readonly uplink: { readonly interface: string };
  readonly up: boolean;
  readonly reason: string;
}

function move(now: number, { uplink, up, reason }: Move): string {
  return `${now} ${uplink.interface} ${up ? 'up' : 'down'}: ${reason}`;
}
