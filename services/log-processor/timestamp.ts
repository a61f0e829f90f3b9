/** RFC 3339 timestamps. */

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const MS_PER_400_YEARS = 146_097 * 86_400_000;

/** Where the second ends, and a fraction or the zone begins. */
const END_OF_SECOND = 19;

/**
 * Microseconds since 1970-01-01T00:00:00Z, which is PostgreSQL's resolution: further digits are cut off. A leap second counts
 * as the second after it. Date.parse is not used because it takes 31 February for 3 March, and a match with groups because
 * this runs for every log of an upload and they would take most of its time.
 * @returns undefined for anything that is not a date and time of RFC 3339
 */
export function parseTimestamp(text: string): bigint | undefined {
  if (!RFC_3339.test(text)) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  if (!isDate(year, month, day) || hour > 23 || minute > 59 || second > 60) return undefined;

  const zone = /[Zz]$/.test(text) ? text.length - 1 : text.length - '+hh:mm'.length;
  const offsetMinutes = zoneOffset(text, zone);
  if (offsetMinutes === undefined) return undefined;
  // 400 years later, because Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const ms = Date.UTC(year + 400, month - 1, day, hour, minute - offsetMinutes, second) - MS_PER_400_YEARS;
  return BigInt(ms) * 1000n + BigInt(microseconds(text, zone));
}

function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index++) value = value * 10 + text.charCodeAt(index) - 48;
  return value;
}

function isDate(year: number, month: number, day: number): boolean {
  const isLeapDay = month === 2 && day === 29 && (year % 400 === 0 || (year % 4 === 0 && year % 100 !== 0));
  return day >= 1 && (isLeapDay || day <= (DAYS_IN_MONTH[month - 1] ?? 0));
}

/** Minutes ahead of UTC, from `Z` or `+hh:mm` at the index. */
function zoneOffset(text: string, zone: number): number | undefined {
  if (zone === text.length - 1) return 0;
  const hours = digits(text, zone + 1, zone + 3);
  const minutes = digits(text, zone + 4, zone + 6);
  if (hours > 23 || minutes > 59) return undefined;
  return (text[zone] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

/** The fraction between the second and the zone. */
function microseconds(text: string, zone: number): number {
  const start = END_OF_SECOND + 1;
  const length = Math.max(0, Math.min(zone - start, 6));
  return digits(text, start, start + length) * 10 ** (6 - length);
}
