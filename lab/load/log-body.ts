/** The logs that the harness sends: varied as a real system's are, and the same for the same seed and number. */

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
/** Of 100 logs, how many have a level up to this one. */
const LEVEL_LIMITS = [4, 24, 80, 92, 99, 100];
const SERVICES = ['cart', 'catalog', 'checkout', 'identity', 'inventory', 'mail', 'payment', 'search', 'shipping'];

interface Contents {
  message: string;
  attributes?: Record<string, string | number | boolean>;
}

/** Draws a whole number from 0 to below `limit`. */
type Draw = (limit: number) => number;

/** Each has numbers, ids or addresses in it, so that deriving a message's template has something to mask. */
const TEMPLATES: readonly ((draw: Draw) => Contents)[] = [
  (draw) => ({ message: `user ${draw(1e6)} signed in from ${address(draw)}` }),
  (draw) => ({ message: `order ${hex(draw, 8)} placed: ${1 + draw(12)} items, ${money(draw)} EUR` }),
  (draw) => ({
    message: `GET /products/${draw(1e5)} answered 200 in ${draw(900)} ms`,
    attributes: { method: 'GET', status: 200, cached: draw(3) === 0 },
  }),
  (draw) => ({ message: `cache miss for key session:${hex(draw, 16)}`, attributes: { shard: draw(16) } }),
  (draw) => ({ message: `payment ${hex(draw, 12)} declined by bank: code ${draw(100)}` }),
  (draw) => ({
    message: `retry ${1 + draw(5)} of 5: connection to ${address(draw)}:5432 refused`,
    attributes: { peer: 'database', backoffMs: 100 * (1 + draw(32)) },
  }),
  (draw) => ({ message: `queue depth ${draw(5000)} is above the mark of 1000` }),
  (draw) => ({ message: `mail to customer ${draw(1e6)} sent`, attributes: { provider: 'smtp', bytes: draw(20_000) } }),
  (draw) => ({ message: `search for "part ${draw(1e4)}" found ${draw(300)} results in ${draw(120)} ms` }),
  (draw) => ({ message: `shipment ${hex(draw, 10)} left warehouse ${1 + draw(9)}` }),
  (draw) => ({ message: `slow query: ${draw(9000)} ms`, attributes: { statement: hex(draw, 8), rows: draw(1e5) } }),
  () => ({ message: 'configuration reloaded' }),
];

/** The contents of a load's logs repeat after so many. */
export const LOG_VARIANTS = 1024;

/**
 * The JSON text of one log, ASCII only. Level, service, message and attributes depend on nothing but the seed and the
 * variant, which is the rest of seq divided by LOG_VARIANTS.
 *
 * @param timestampMs since the epoch
 */
export function logBody(id: string, timestampMs: number, seed: number, seq: number): string {
  const draw = drawer(seed, seq % LOG_VARIANTS);
  const chance = draw(100);
  return JSON.stringify({
    id,
    timestamp: new Date(timestampMs).toISOString(),
    level: LEVELS[LEVEL_LIMITS.findIndex((limit) => chance < limit)],
    service: SERVICES[draw(SERVICES.length)],
    ...TEMPLATES[draw(TEMPLATES.length)]!(draw),
  });
}

/**
 * A generator of its own for each log, so that a log does not depend on those before it: splitmix32, a counter that is
 * advanced by the golden ratio and mixed by MurmurHash3's finalizer.
 */
function drawer(seed: number, variant: number): Draw {
  let state = mix(mix(seed | 0) + variant);
  return (limit) => {
    state = (state + 0x9e3779b9) | 0;
    return Math.floor(((mix(state) >>> 0) / 2 ** 32) * limit);
  };
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function address(draw: Draw): string {
  return `10.${draw(256)}.${draw(256)}.${draw(256)}`;
}

function money(draw: Draw): string {
  return (draw(50_000) / 100).toFixed(2);
}

function hex(draw: Draw, digits: number): string {
  let text = '';
  while (text.length < digits) text += (0x10000 + draw(0x10000)).toString(16).slice(1);
  return text.slice(0, digits);
}
