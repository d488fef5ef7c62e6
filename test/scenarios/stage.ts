import type { Configuration } from '../../src/config/schema.ts';
import { MemoryKernel } from '../../src/kernel/memory.ts';
import type { MonitorEvent } from '../../src/monitor/event.ts';
import { Monitor } from '../../src/monitor/monitor.ts';
import { ethernet } from '../monitor/laboratory.ts';
import { generator } from '../support/generator.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type Answer, ScriptedWorld } from '../support/scripted-channel.ts';
import { USUAL } from './happening.ts';

/** How a line is at this moment. */
interface Condition {
  /** Part of the probes that are lost, 0 to 1. */
  readonly loss: number;
  /** Round-trip time, ms. */
  readonly rtt: number;
  /** What its gateway says to every packet. */
  readonly refusal: string | undefined;
  /** What is received, bytes in a ms. */
  readonly rate: number;
}

/** What an administrator hears of, in the words of a script, and when, ms. */
export interface News {
  readonly at: number;
  readonly words: string;
}

/** A monitor in a world in which a script makes things happen; chance is dice that a seed throws. */
export class Stage {
  readonly news: News[] = [];
  readonly clock = new ManualClock();
  readonly #monitor: Monitor;
  readonly #kernel: MemoryKernel;
  readonly #lines: Map<string, Line>;
  readonly #targets = new Map<string, Partial<Condition>>();
  #carrying: ReadonlySet<string> = new Set();

  constructor(configuration: Configuration, seed: number) {
    const random = generator(seed);
    const world = new ScriptedWorld(this.clock);
    const lines = configuration.uplinks.map(({ description }, index) => new Line(description, index + 1));
    this.#lines = new Map(lines.map((line) => [line.name, line]));
    world.world = ({ target }, { index }) => this.#answer(target, lines[index - 1] as Line, random());
    this.#kernel = new MemoryKernel(lines.map(({ link }) => link));
    const received = (index: number) => lines[index - 1]?.received(this.clock.now());
    const kernel = Object.assign(this.#kernel, { received });
    const machine = { kernel, clock: this.clock, open: world.openEcho, ask: world.ask };
    this.#monitor = new Monitor(configuration, machine, (event) => this.#hear(event));
    this.#monitor.start();
    this.#carrying = this.#routing();
  }

  /** Something changes at a line. */
  change(name: string, change: Partial<Condition>): void {
    this.#line(name).change(change, this.clock.now());
  }

  /** Something changes at a target, seen over one line or over all. */
  target(address: string, line: string | undefined, change: Partial<Condition>): void {
    this.#targets.set(line === undefined ? address : `${address} on ${line}`, change);
  }

  plug(name: string, plugged: boolean): void {
    this.#line(name).plugged = plugged;
    this.#kernel.setLinks([...this.#lines.values()].map(({ link }) => link));
  }

  force(name: string, order: 'up' | 'down' | 'auto'): void {
    this.#monitor.override(name, order === 'auto' ? undefined : { kind: order });
  }

  close(): void {
    this.#monitor.stop();
  }

  #answer(target: string, line: Line, chance: number): Answer {
    const special = this.#targets.get(`${target} on ${line.name}`) ?? this.#targets.get(target) ?? {};
    const { loss, refusal, rtt } = line.condition;
    if (refusal !== undefined) return { icmpError: refusal };
    return chance < Math.max(loss, special.loss ?? 0) ? 'lost' : Math.max(rtt, special.rtt ?? 0);
  }

  #hear(event: MonitorEvent): void {
    if (event.kind === 'moved')
      this.#tell(`${event.uplink.description} is ${event.up ? 'up' : 'down'} (${event.reason})`);
    if (event.kind === 'targets') {
      for (const target of event.dead) this.#tell(`target ${target} is set aside`);
      for (const target of event.alive) this.#tell(`target ${target} counts again`);
    }
    if (event.kind === 'changed') this.#compare();
  }

  #compare(): void {
    const before = this.#carrying;
    this.#carrying = this.#routing();
    for (const name of this.#lines.keys()) {
      if (before.has(name) === this.#carrying.has(name)) continue;
      this.#tell(`${name} carries ${before.has(name) ? 'no ' : ''}new connections`);
    }
  }

  #routing(): ReadonlySet<string> {
    return new Set(
      this.#monitor.uplinks().flatMap(({ member, routing }) => (routing ? member.title.description : [])),
    );
  }

  #tell(words: string): void {
    this.news.push({ at: this.clock.now(), words });
  }

  #line(name: string): Line {
    return this.#lines.get(name) as Line;
  }
}

/** A line with its interface. */
class Line {
  readonly name: string;
  readonly #index: number;
  condition: Condition = { loss: 0, rtt: USUAL, refusal: undefined, rate: 0 };
  plugged = true;
  #received = 0;
  #changedAt = 0;

  constructor(name: string, index: number) {
    this.name = name;
    this.#index = index;
  }

  change(change: Partial<Condition>, now: number): void {
    this.#received = this.received(now);
    this.#changedAt = now;
    this.condition = { ...this.condition, ...change };
  }

  /** Bytes that the interface has received so far. */
  received(now: number): number {
    return this.#received + this.condition.rate * (now - this.#changedAt);
  }

  get link() {
    return { ...ethernet(`eth${this.#index}`, this.#index), running: this.plugged };
  }
}
