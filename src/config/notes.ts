/*
 * What is to be said of the file as a whole, on the reference page and in the manual. Words between backquotes stand in
 * the file just so.
 */

/** The smallest configuration that balances over two uplinks. */
export const SMALLEST = `uplinks:
- interface: eth1
  type: static
  ip: 198.51.100.2
  gateway: 198.51.100.1
  description: Fibre
  priority_group: 1
- interface: ppp0
  type: ppp
  description: LTE
  priority_group: 1`;

export const NOTES = [
  'Everything that is wrong is reported at once, as `file:line:column: key: what is wrong, what is allowed`; an unknown key is a fault, too.',
  'A blank value is as if its key were absent.',
  'A value is read as its key needs it: `"60"` is a number where one is needed, `yes` is true where that is asked, and a password of digits stays text. Whole numbers may be hexadecimal (`0x10`).',
  'A duration is a number of seconds, or text with its unit: `500ms`, `2s`, `5m`, `1h`, `1d`.',
];
