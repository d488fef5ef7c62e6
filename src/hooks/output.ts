/** So many lines of one stream of a run are told. */
export const LINES = 100;

/** So much of a line is told, characters. */
export const WIDTH = 1000;

/** So much of a stream is read, characters: more than any program has to say that is in its right mind. */
export const VOLUME = 1_048_576;

/** Cuts what a program prints into lines for the log, in bounded time and memory whatever it prints. */
export class Output {
  readonly #tell: (line: string) => void;
  /** The beginning of the line that is not complete yet. */
  #open = '';
  #read = 0;
  #lines = 0;

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  /** Takes what was printed next; false: it is too much, and nothing more is to be read. */
  take(text: string): boolean {
    this.#read += text.length;
    const [first = '', ...others] = text.split('\n');
    this.#extend(first);
    for (const line of others) {
      this.#close();
      this.#extend(line);
    }
    return this.#read <= VOLUME;
  }

  /** To be called when there is no more; how many lines were left out. */
  end(): number {
    if (this.#open !== '') this.#close();
    return Math.max(0, this.#lines - LINES);
  }

  #extend(text: string): void {
    // One more than is shown: it tells that there was more.
    this.#open += text.slice(0, WIDTH + 1 - this.#open.length);
  }

  #close(): void {
    this.#lines += 1;
    if (this.#lines <= LINES)
      this.#tell(this.#open.length > WIDTH ? `${this.#open.slice(0, WIDTH)}…` : this.#open);
    this.#open = '';
  }
}
