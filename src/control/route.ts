/** A request, as a handler is given it. */
export interface Call {
  /** What stands in the path in place of `:name`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The JSON of the body; undefined when there is none. */
  readonly body: unknown;
}

/** Lines that go on for as long as somebody reads: `begin` is handed where each goes, and returns what ends it. */
export interface Stream {
  begin(write: (value: unknown) => void): () => void;
}

/** Something that may be asked of the daemon. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** Such as "/v1/uplinks/:uplink/force". */
  readonly path: string;
  /** Its result is the answer, as JSON; a Stream is answered line by line. Throws ControlError, or rejects with it. */
  readonly handle: (call: Call) => unknown;
}

/** The handler for a request and what its path says; else the methods that the path knows, none for a path that is not there. */
export function find(
  routes: readonly Route[],
  method: string,
  path: string,
):
  | { readonly route: Route; readonly parameters: Record<string, string> }
  | { readonly allowed: readonly string[] } {
  const there = routes.flatMap((route) => {
    const parameters = match(route.path, path);
    return parameters === undefined ? [] : { route, parameters };
  });
  return (
    there.find(({ route }) => route.method === method) ?? { allowed: there.map(({ route }) => route.method) }
  );
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const word = decode(given[index] as string);
    if (word === undefined) return undefined;
    if (part.startsWith(':')) parameters[part.slice(1)] = word;
    else if (part !== word) return undefined;
  }
  return parameters;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
