/** Local time as "2026-11-22T14:03:11.204": ISO 8601 without the zone. */
export function localTime(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, -1);
}
