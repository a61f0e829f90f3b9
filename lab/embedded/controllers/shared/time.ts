/** Durations between the API's timestamps and now. */

/** Seconds since a timestamp of the API; infinite for one that was never set. */
export function secondsSince(time: string | undefined): number {
  return time === undefined ? Infinity : (Date.now() - Date.parse(time)) / 1000;
}

/** The soonest of several requeue times; undefined when there is none. */
export function soonest(...seconds: (number | undefined)[]): number | undefined {
  const given = seconds.filter((value) => value !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}
