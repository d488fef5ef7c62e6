/** Tables that every kernel has; linux/rtnetlink.h. */
export const RT_TABLE_DEFAULT = 253;
export const RT_TABLE_MAIN = 254;
export const RT_TABLE_LOCAL = 255;

/** Stands for any table above 255. */
const RT_TABLE_COMPAT = 252;

/** What stands in the header's eight bits for a table; an attribute holds the whole number. */
export function tableByte(table: number): number {
  return table < 256 ? table : RT_TABLE_COMPAT;
}
