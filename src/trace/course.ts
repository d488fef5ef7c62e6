import type { ReplayListener, Transition } from './replay.ts';
import type { Stretch } from './quality.ts';

/** What was decided in a run. */
export class Course implements ReplayListener {
  readonly transitions: Transition[] = [];
  readonly #carried = new Map<string, Stretch[]>();
  readonly #since = new Map<string, number>();

  moved(transition: Transition): void {
    this.transitions.push(transition);
  }

  routed(lines: readonly string[], now: number): void {
    for (const [line, from] of this.#since) {
      if (lines.includes(line)) continue;
      this.#since.delete(line);
      this.#stretches(line).push({ from, to: now });
    }
    for (const line of lines) if (!this.#since.has(line)) this.#since.set(line, now);
  }

  /** When a line, by name, carried new connections. */
  carried(line: string): readonly Stretch[] {
    return this.#stretches(line);
  }

  #stretches(line: string): Stretch[] {
    const known = this.#carried.get(line) ?? [];
    this.#carried.set(line, known);
    return known;
  }
}
