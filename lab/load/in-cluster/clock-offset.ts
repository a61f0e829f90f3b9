/** How far another machine's clock is from this one's: Cristian's algorithm. */

export interface ClockOffset {
  /** The other clock minus this one. */
  offsetMs: number;
  /** The truth lies within so much of it, whatever part of the round trip was the way there. */
  uncertaintyMs: number;
}

/**
 * Asks the other clock so many times and believes the answer that was quickest: it was read somewhere between question
 * and answer, so that the shortest round trip leaves the least room. `now` and `ask` give milliseconds.
 */
export async function estimateOffset(ask: () => Promise<number>, now: () => number, probes = 20): Promise<ClockOffset> {
  let best: ClockOffset | undefined;
  for (let probe = 0; probe < probes; probe++) {
    const askedAt = now();
    const theirs = await ask();
    const answeredAt = now();
    const uncertaintyMs = (answeredAt - askedAt) / 2;
    if (best && best.uncertaintyMs <= uncertaintyMs) continue;
    best = { offsetMs: theirs - (askedAt + uncertaintyMs), uncertaintyMs };
  }
  if (!best) throw new RangeError('a clock offset takes one probe at least');
  return best;
}
