/**
 * A program for benchmarks, `node services/log-generator/testing/in-memory.ts`: prints how many logs per second are made
 * from a seed, as the JSON texts that are sent, in several rounds.
 */
import { generateLogs } from '../logs.ts';

const ROUNDS = 5;
const LOGS = 200_000;

function measure(): number {
  const logs = generateLogs(1, () => new Date().toISOString());
  const startedAt = performance.now();
  for (let log = 0; log < LOGS; log++) JSON.stringify(logs.next().value);
  return LOGS / ((performance.now() - startedAt) / 1000);
}

// The first round warms up.
measure();
console.log(JSON.stringify(Array.from({ length: ROUNDS }, measure)));
