import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import type { Path, Position } from './fault.ts';
import { quote } from './quote.ts';

/**
 * How many values the aliases of one file may stand for in all: each costs a few bytes, and an alias of
 * aliases multiplies (the "billion laughs" attack).
 */
const ALIAS_LIMIT = 10_000;

/** Something that is wrong with the text itself. */
export interface Flaw {
  readonly offset: number;
  readonly path: Path;
  readonly message: string;
}

/** A value of the file and where it stands. */
interface Node {
  /** Text for every scalar, undefined for a blank one; a list; an object. */
  readonly value: unknown;
  readonly offset: number;
  /** Of a list or a mapping. */
  readonly children?: ReadonlyMap<string | number, Child>;
  /** Number of values in it, itself included, aliases expanded. */
  readonly size: number;
}

interface Child {
  /** Where its key stands, or the item of a list. */
  readonly offset: number;
  readonly node: Node;
}

/**
 * YAML text as a tree of values that know where they stand. Never throws: what is wrong stands in `flaws`.
 */
export class YamlDocument {
  readonly flaws: Flaw[] = [];
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, Node>();
  readonly #root: Node | undefined;
  /** The event after the last one that was read; the first opens the document. */
  #next = 1;
  #aliased = 0;

  constructor(text: string) {
    this.#text = text;
    this.#events = this.#parse();
    if (this.#events.length === 0) return;
    this.#root = this.#compose([]);
    const second = this.#events[this.#next + 2];
    if (second !== undefined) this.#flaw(start(second), [], 'a second document begins; a file holds one');
  }

  /** Plain data: every scalar is its text, undefined where blank; undefined when the text holds nothing. */
  get value(): unknown {
    return this.#root?.value;
  }

  /**
   * Offset of the value at `path`, or of its key; where the path leads to nothing, of the nearest value
   * around it. Within an alias this is where the anchor's text stands, which is what has to be mended.
   */
  offset(path: Path, of: 'value' | 'key'): number {
    let node = this.#root;
    let offset = node?.offset ?? 0;
    for (const [depth, step] of path.entries()) {
      const child = node?.children?.get(step);
      if (child === undefined) break;
      node = child.node;
      offset = (of === 'key' && depth === path.length - 1) || node.offset < 0 ? child.offset : node.offset;
    }
    return offset;
  }

  /** Line and column of an offset. */
  position(offset: number): Position {
    const lines = this.#text.slice(0, offset).split(/\r\n|\r|\n/);
    return { line: lines.length, column: Array.from(lines.at(-1)!.replace(/^\uFEFF/, '')).length + 1 };
  }

  #parse(): readonly Event[] {
    try {
      return parseEvents(this.#text, {});
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const offset = error.mark?.position ?? 0;
      this.#flaw(offset, [], `not valid YAML: ${explanation(error.reason, this.#text, offset)}`);
      return [];
    }
  }

  #compose(path: Path): Node {
    const event = this.#events[this.#next++]!;
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event, path);
    const node = this.#collect(event, path);
    if (!('tagStart' in event)) return node;
    if (event.tagStart >= 0) {
      this.#flaw(event.tagStart, path, 'a tag has no meaning here; text that begins with "!" needs quotes');
    }
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node);
    return node;
  }

  #collect(event: Event, path: Path): Node {
    if (event.type === EVENT_ID.SEQUENCE) return this.#sequence(event.start, path);
    if (event.type === EVENT_ID.MAPPING) return this.#mapping(event.start, path);
    if (event.type !== EVENT_ID.SCALAR) return blank;
    const text = getScalarValue(this.#text, event);
    const value = event.style === SCALAR_STYLE.PLAIN && /^(?:~|null)?$/i.test(text) ? undefined : text;
    return { value, offset: event.valueStart, size: 1 };
  }

  #sequence(offset: number, path: Path): Node {
    const children = new Map<number, Child>();
    while (this.#inside()) {
      const node = this.#compose([...path, children.size]);
      children.set(children.size, { offset: node.offset < 0 ? offset : node.offset, node });
    }
    return collection(
      [...children.values()].map(({ node }) => node.value),
      offset,
      children,
    );
  }

  #mapping(offset: number, path: Path): Node {
    const children = new Map<string, Child>();
    const merged: Child[] = [];
    while (this.#inside()) {
      const key = this.#compose(path);
      const at = key.offset < 0 ? offset : key.offset;
      const name = typeof key.value === 'string' ? key.value : undefined;
      const node = this.#compose(name === undefined ? path : [...path, name]);
      if (name === undefined) this.#flaw(at, path, `${quote(key.value)} is not a key; a key is text`);
      else if (name === '<<') merged.push({ offset: at, node });
      else if (children.has(name)) this.#duplicate(at, [...path, name], children.get(name)!);
      else children.set(name, { offset: at, node });
    }
    for (const merge of merged) this.#merge(children, merge, path);
    return collection(
      Object.fromEntries([...children].map(([key, { node }]) => [key, node.value])),
      offset,
      children,
    );
  }

  /**
   * Takes over what a merge key offers (https://yaml.org/type/merge.html): a key that stands there already
   * wins.
   */
  #merge(children: Map<string, Child>, { offset, node }: Child, path: Path): void {
    const sources = Array.isArray(node.value)
      ? [...node.children!.values()].map((child) => child.node)
      : [node];
    for (const source of sources) {
      if (source.children === undefined || Array.isArray(source.value)) {
        this.#flaw(offset, [...path, '<<'], '"<<" takes over a section or a list of sections');
        return;
      }
      for (const [key, child] of source.children) {
        if (!children.has(String(key))) children.set(String(key), child);
      }
    }
  }

  #alias({ anchorStart, anchorEnd }: Extract<Event, { type: typeof EVENT_ID.ALIAS }>, path: Path): Node {
    const name = this.#text.slice(anchorStart, anchorEnd);
    const offset = anchorStart - 1;
    const node = this.#anchors.get(name);
    this.#aliased += node?.size ?? 0;
    if (node !== undefined && this.#aliased <= ALIAS_LIMIT) return { ...node, offset };
    const message =
      node === undefined
        ? 'no anchor of this name is complete before this; text that begins with "*" needs quotes'
        : `the aliases of the file stand for more than ${ALIAS_LIMIT} values`;
    this.#flaw(offset, path, message);
    return { ...blank, offset };
  }

  #duplicate(offset: number, path: Path, first: Child): void {
    const { line } = this.position(first.offset);
    this.#flaw(offset, path, `this key stands in line ${line} already`);
  }

  /** Whether the collection that is being read goes on; steps over its end. */
  #inside(): boolean {
    if (this.#events[this.#next]!.type !== EVENT_ID.POP) return true;
    this.#next++;
    return false;
  }

  #flaw(offset: number, path: Path, message: string): void {
    this.flaws.push({ offset, path, message });
  }
}

/** The parser's reason, in plainer words for what happens often. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  'bad indentation of a mapping entry':
    'the indentation does not fit the lines before, or a text needs quotes',
  'deficient indentation':
    'a bracket or a quotation mark before this is not closed, or the line needs indentation',
  'missed comma between flow collection entries':
    'a comma or a closing bracket is missing, or a text needs quotes',
  'tab characters must not be used in indentation': 'a tab in the indentation; blanks are allowed',
};

function explanation(reason: string, text: string, offset: number): string {
  const line = text
    .slice(0, offset)
    .split(/\r\n|\r|\n/)
    .at(-1)!;
  const known = /^ *\t/.test(line) ? 'tab characters must not be used in indentation' : reason;
  return EXPLANATIONS[known] ?? reason;
}

const blank: Node = { value: undefined, offset: -1, size: 1 };

function collection(value: unknown, offset: number, children: ReadonlyMap<string | number, Child>): Node {
  const size = [...children.values()].reduce((sum, { node }) => sum + node.size, 1);
  return { value, offset, children, size };
}

function start(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return Math.max(0, event.valueStart);
  return 'start' in event ? event.start : 0;
}
