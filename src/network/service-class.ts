/** Classes of service by name: the differentiated services codepoints of RFC 2474, 2597, 3246, 5865 and 8622. */
const CLASSES: Readonly<Record<string, number>> = {
  cs0: 0,
  le: 1,
  cs1: 8,
  af11: 10,
  af12: 12,
  af13: 14,
  cs2: 16,
  af21: 18,
  af22: 20,
  af23: 22,
  cs3: 24,
  af31: 26,
  af32: 28,
  af33: 30,
  cs4: 32,
  af41: 34,
  af42: 36,
  af43: 38,
  cs5: 40,
  va: 44,
  ef: 46,
  cs6: 48,
  cs7: 56,
};

/** The codepoint, 0 to 63, that a text names: "ef", "46", "0x2e"; undefined when it names none. */
export function parseServiceClass(text: string): number | undefined {
  const named = CLASSES[text.toLowerCase()];
  if (named !== undefined) return named;
  const number = /^(?:\d{1,2}|0x[\da-f]{1,2})$/i.test(text) ? Number(text) : Number.NaN;
  return number >= 0 && number < 64 ? number : undefined;
}

/** The name of a codepoint; undefined when it has none. */
export function nameOfServiceClass(codepoint: number): string | undefined {
  return Object.keys(CLASSES).find((name) => CLASSES[name] === codepoint);
}
