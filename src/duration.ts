/** Units of time in ms, the greatest first. */
const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

/** A time in ms, in its two greatest units: "3d 4h", "12m 3s", "41s". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days}d ${hours % 24}h`;
  if (hours > 0) return `${hours}h ${minutes % 60}m`;
  return minutes > 0 ? `${minutes}m ${seconds % 60}s` : `${seconds}s`;
}

/** Reads "90s", "10m", "1h30m", "1d 12h" as ms, the greater units first; undefined when it is none, or nothing. */
export function parseDuration(text: string): number | undefined {
  const parts = /^(?:(\d{1,5})d)? ?(?:(\d{1,5})h)? ?(?:(\d{1,5})m)? ?(?:(\d{1,5})s)?$/.exec(text)?.slice(1);
  const amounts = Object.values(UNITS).map((unit, index) => unit * Number(parts?.[index] ?? 0));
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  return sum > 0 ? sum : undefined;
}
