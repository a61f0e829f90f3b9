/** Tasks that stand and fall together. */

/** Any value in place of a promise is a task that is done. */
type Tasks = readonly unknown[];

/**
 * Runs what `start` begins until all have ended. As soon as one fails, the signal they were given aborts, the others are
 * waited for, and the first failure is thrown: nothing is left behind that could still do something to the cluster. The
 * outer signal's abortion is passed on and thrown.
 */
export async function together<T extends Tasks>(
  outer: AbortSignal,
  start: (signal: AbortSignal) => T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const failed = new AbortController();
  const tasks = start(AbortSignal.any([outer, failed.signal]));
  let first: { reason: unknown } | undefined;
  const settled = await Promise.all(
    tasks.map((task) =>
      Promise.resolve(task).catch((reason: unknown) => {
        first ??= { reason };
        failed.abort(reason);
      }),
    ),
  );
  outer.throwIfAborted();
  if (first) throw first.reason;
  return settled as { -readonly [K in keyof T]: Awaited<T[K]> };
}

/** The promise, or the signal's reason as soon as it aborts: for work that cannot be told to end, and does no harm if it goes on. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    // Its failure after an abortion is nobody's any more.
    promise.catch(() => undefined);
  }
}
