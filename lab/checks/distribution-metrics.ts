/** The metrics of a distribution, over pods and over nodes. */
import type { Distribution, Distributions } from './distribution.ts';
import { type Metric, type MetricValue, missing, type Missing, type Unit } from './metric.ts';

const VERDICTS = ['round-robin', 'random', 'pinned', 'skewed', 'too-few'] as const;
const INCOMPARABLE = missing('nothing was answered, or the loads of the phase go to different apps: name one of them');

interface Definition {
  name: string;
  unit: Unit;
  better: 'lower' | 'higher' | null;
  meaning: string;
  words?: readonly string[];
  read: (distribution: Distribution) => MetricValue | null;
}

const DEFINITIONS: Definition[] = [
  {
    name: 'verdict',
    unit: 'word',
    better: null,
    meaning: 'How the load was spread: round-robin, random, pinned, skewed or too-few (to tell).',
    words: VERDICTS,
    read: (d) => d.verdict,
  },
  {
    name: 'count',
    unit: 'count',
    better: null,
    meaning: 'Pods (or nodes with pods) that could be chosen.',
    read: (d) => d.shares.length,
  },
  {
    name: 'served',
    unit: 'count',
    better: null,
    meaning: 'Of these, how many answered at least one request.',
    read: (d) => d.shares.filter((share) => share.requests > 0).length,
  },
  {
    name: 'choices',
    unit: 'count',
    better: null,
    meaning: 'Independent choices: connections through a Service, requests through an ingress.',
    read: (d) => d.choices,
  },
  {
    name: 'chiSquare',
    unit: 'number',
    better: null,
    meaning: "Pearson's statistic of the choices against the expected shares.",
    read: (d) => d.test?.chiSquare.statistic ?? null,
  },
  {
    name: 'pValue',
    unit: 'ratio',
    better: null,
    meaning: 'Probability of choices at least as uneven, if each were independent.',
    read: (d) => d.test?.chiSquare.upperP ?? null,
  },
  {
    name: 'evenPValue',
    unit: 'ratio',
    better: null,
    meaning: 'Probability of a sequence at least as regular, if each choice were independent.',
    read: (d) => d.test?.underDispersionP ?? null,
  },
  {
    name: 'jain',
    unit: 'number',
    better: 'higher',
    meaning: "Jain's fairness index of the requests served: 1 is even, 1/n is one serving all.",
    read: (d) => d.jain,
  },
  {
    name: 'maxOverMean',
    unit: 'number',
    better: 'lower',
    meaning: 'Requests of the busiest over the mean: 1 is even.',
    read: (d) => d.maxOverMean,
  },
  {
    name: 'coefficientOfVariation',
    unit: 'number',
    better: 'lower',
    meaning: 'Standard deviation over the mean of the requests served: 0 is even.',
    read: (d) => d.coefficientOfVariation,
  },
  {
    name: 'maxShare',
    unit: 'ratio',
    better: 'lower',
    meaning: 'Largest share of the choices.',
    read: (d) => Math.max(...d.shares.map(({ share }) => share)),
  },
  {
    name: 'totalVariation',
    unit: 'ratio',
    better: 'lower',
    meaning: 'Part of the choices that would have to move to give the expected shares.',
    read: (d) => (d.test ? d.totalVariation : null),
  },
  {
    name: 'detectableSkew',
    unit: 'number',
    better: null,
    meaning: 'Smallest ratio to its share at which one would have been found (power 90 % at 0.1 %).',
    read: (d) => d.test?.detectableSkew ?? null,
  },
];

export const DISTRIBUTION_METRICS: Metric<Distributions | null>[] = (['pods', 'nodes'] as const).flatMap((over) =>
  DEFINITIONS.map(({ read, ...definition }) => ({
    ...definition,
    name: `distribution.${over}.${definition.name}`,
    read: (source: Distributions | null): MetricValue | Missing =>
      source ? (read(source[over]) ?? missing(source[over].untested ?? 'too few choices')) : INCOMPARABLE,
  })),
);
