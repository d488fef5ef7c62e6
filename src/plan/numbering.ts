/**
 * Marks our rules and routes as ours (RTPROT_*, linux/rtnetlink.h; no number of another program in iproute2's
 * rt_protos).
 */
export const PROTOCOL = 70;

/**
 * Where the kernel keeps rules that come first; a rule of ours before it must let the main table's default
 * route be.
 */
const MAIN_RULE_PRIORITY = 32766;

/** RT_TABLE_MAIN, linux/rtnetlink.h. */
export const MAIN_TABLE = 254;

/** All bits of a mark. */
export const WHOLE_MARK = 0xffff_ffff;

/** What the configuration says of numbers. */
export interface NumberSettings {
  /** Where no `id` stands the position in the list does. */
  readonly uplinks: readonly { readonly id?: number | undefined }[];
  readonly policies?: readonly unknown[] | undefined;
  readonly base_table: number;
  readonly base_priority: number;
  readonly base_fwmark: number;
  readonly firewall: { readonly fwmark_mask?: number | undefined };
}

/** The numbers of one uplink. */
export interface UplinkNumbers {
  readonly table: number;
  readonly mark: number;
  /** Of the rules for its address and its interface. */
  readonly priority: number;
  /** Of the rule for its mark. */
  readonly markPriority: number;
}

/** The numbers of what has a table and a rule, or several of one priority. */
export interface RuleNumbers {
  readonly table: number;
  readonly priority: number;
}

export interface Numbering {
  /** In the order of the configuration. */
  readonly uplinks: readonly UplinkNumbers[];
  /** The bits of a mark that are ours. */
  readonly markMask: number;
  /** In the order of the configuration; one that needs no table has the number all the same. */
  readonly policies: readonly RuleNumbers[];
  /** Of all other new connections. */
  readonly balancing: RuleNumbers;
  /**
   * Of the rule that lets every route of `main` but its default win; absent where `main` comes first anyway.
   */
  readonly mainPriority?: number;
}

/** Numbers for the uplinks: firewall rules out there rely on the marks, administrators on the tables. */
export function number(settings: NumberSettings): Numbering {
  const { uplinks, policies = [], base_table, base_priority, base_fwmark, firewall } = settings;
  const ids = uplinks.map(({ id }, position) => id ?? position);
  const count = Math.max(...ids) + 1;
  return {
    uplinks: ids.map((id) => ({
      table: base_table + id,
      mark: base_fwmark + id,
      priority: base_priority + id,
      markPriority: base_priority + count + id,
    })),
    markMask: firewall.fwmark_mask ?? WHOLE_MARK,
    policies: policies.map((_, place) => ({
      table: base_table + count + 1 + place,
      priority: base_priority + 2 * count + place,
    })),
    balancing: { table: base_table + count, priority: base_priority + 2 * count + policies.length },
    ...(base_priority < MAIN_RULE_PRIORITY && { mainPriority: base_priority - 1 }),
  };
}

/** The tables that are ours alone. */
export function ownTables({ uplinks, balancing, policies }: Numbering): number[] {
  return [...uplinks, balancing, ...policies].map(({ table }) => table);
}
