/** Logs as a small shop's services would write them; everything but the time follows from the seed. */
import { Random } from './random.ts';

export interface GeneratedLog {
  id: string;
  timestamp: string;
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  service: string;
  message: string;
  attributes: Record<string, unknown>;
}

const SERVICES = ['checkout', 'payment', 'cart', 'auth', 'search'] as const;

type Kind = [level: GeneratedLog['level'], weight: number, message: (random: Random) => string];

/** Out of 1000. */
const KINDS: Kind[] = [
  ['trace', 50, (random) => `cache lookup for key ${hex(random)} took ${random.below(900)} us`],
  ['debug', 200, (random) => `query returned ${random.below(500)} rows in ${random.below(200)} ms`],
  [
    'info',
    350,
    (random) => `GET /orders/${random.below(100_000)} from ${address(random)} answered in ${random.below(400)} ms`,
  ],
  ['info', 250, (random) => `user ${random.below(10_000)} signed in from ${address(random)}`],
  ['warn', 80, (random) => `retry ${1 + random.below(5)} of request ${hex(random)} after ${random.below(2000)} ms`],
  ['error', 60, (random) => `connection to ${address(random)}:${5000 + random.below(1000)} refused`],
  ['fatal', 10, (random) => `out of memory: ${random.below(4096)} MiB in use`],
];

/** The kind for each number below 1000. */
const KIND_BY_LOT: Kind[] = KINDS.flatMap((kind) => Array.from({ length: kind[1] }, () => kind));

/**
 * An endless sequence of logs.
 * @param seed a non-negative safe integer; the same seed gives the same ids, and hence duplicates when it is sent twice
 * @param timestamp gives each log its time
 */
export function* generateLogs(seed: number, timestamp: () => string): Generator<GeneratedLog, never> {
  const random = new Random(seed);
  const prefix = idPrefix(new Random(seed));
  for (let sequence = 0; ; sequence++) {
    const [level, , message] = KIND_BY_LOT[random.below(KIND_BY_LOT.length)]!;
    yield {
      id: `${prefix}${sequence.toString(16).padStart(12, '0')}`,
      timestamp: timestamp(),
      level,
      service: random.pick(SERVICES),
      message: message(random),
      attributes: { requestId: hex(random), sequence },
    };
  }
}

/** A UUID of version 8 (RFC 9562, section 5.8): 60 bits from the seed, then the number of the log in its sequence. */
function idPrefix(random: Random): string {
  const high = hex(random);
  const low = hex(random);
  return `${high}-${low.slice(0, 4)}-8${low.slice(4, 7)}-8${hex(random).slice(0, 3)}-`;
}

function hex(random: Random): string {
  return random.next().toString(16).padStart(8, '0');
}

function address(random: Random): string {
  const bits = random.next();
  return `10.${bits & 255}.${(bits >>> 8) & 255}.${(bits >>> 16) & 255}`;
}
