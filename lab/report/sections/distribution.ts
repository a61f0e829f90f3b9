/** Who served the requests, with intervals, the tests, and why it looks so. */
import { type Block, heading, paragraph, table } from '../blocks.ts';
import { formatCount, formatNumber, formatP, formatPercent, NONE, plural } from '../format.ts';
import type { DistributionModel, LoadModel, PhaseModel } from '../model.ts';
import { barsChart } from '../svg/bars.ts';

export function distributionBlocks(phase: PhaseModel, load: LoadModel): Block[] {
  const { distribution } = load.measured;
  if (!distribution) return [];
  return [distribution.nodes, distribution.pods].flatMap((one) => oneDistribution(phase, load, one));
}

function oneDistribution(phase: PhaseModel, load: LoadModel, distribution: DistributionModel): Block[] {
  const { over, unit, verdict, untested, theory } = distribution;
  const file = [phase.name, ...(phase.loads.length > 1 ? [load.name] : []), over].join('-');
  return [
    heading(3, over === 'pods' ? 'Distribution over pods' : 'Distribution over nodes'),
    paragraph(
      verdict ? `**Verdict: ${verdict}.** ${theory?.words ?? ''}` : `No verdict: ${untested ?? 'there is no test'}.`,
    ),
    table(
      `Share of the ${plural(distribution.choices, 'independent choice')} (one per ${unit}), with 99 % intervals for all rows together (Wilson, Bonferroni).${distribution.test ? expectedWords(over) : ''}`,
      [
        over === 'pods' ? 'Pod' : 'Node',
        ...(over === 'pods' ? ['Node'] : []),
        '>Requests',
        `>Choices (${unit}s)`,
        '>Share',
        '>99 % interval',
        '>Expected',
      ],
      distribution.shares.map((share) => [
        share.name,
        ...(share.node === null ? [] : [share.node]),
        formatCount(share.requests),
        formatCount(share.choices),
        formatPercent(share.share),
        `${formatPercent(share.interval.low)} – ${formatPercent(share.interval.high)}`,
        distribution.test ? formatPercent(share.expectedShare) : NONE,
      ]),
    ),
    ...(distribution.unattributed > 0
      ? [paragraph(`${plural(distribution.unattributed, unit)} had no answer and are in no row.`)]
      : []),
    barsChart(
      distribution,
      `${file}.svg`,
      `Phase ${phase.name}: share of ${unit}s by ${over === 'pods' ? 'pod' : 'node'}`,
    ),
    testTable(distribution),
  ];
}

function expectedWords(over: DistributionModel['over']): string {
  return over === 'pods'
    ? ' Expected is an equal share for each ready pod.'
    : ' Expected is each node’s part of the ready pods.';
}

function testTable(distribution: DistributionModel): Block {
  const { test, theory, shares } = distribution;
  const fullest = Math.max(...shares.map(({ share }) => share));
  const chance = byChance(distribution);
  return table(
    'How even it is, beside what independent choices would give. A small p (under 0.001) means that chance does not explain it.',
    ['Measure', '>Value', '>By chance', 'Meaning'],
    [
      ...(test ? testRows(test) : []),
      ['largest share', formatPercent(fullest), chance.fullest, 'of the choices; by chance: the fullest of equal bins'],
      ['served nothing', formatCount(shares.filter(({ choices }) => choices === 0).length), chance.empty, 'empty bins'],
      [
        'max / mean',
        formatNumber(distribution.maxOverMean),
        chance.maxOverMean,
        'requests of the busiest over the mean; 1 is even',
      ],
      ['Jain index', formatNumber(distribution.jain), chance.jain, '1 is even, 1/n is one serving all'],
      ['coefficient of variation', formatNumber(distribution.coefficientOfVariation), chance.variation, '0 is even'],
      ...(test
        ? [['total variation', formatPercent(distribution.totalVariation), NONE, 'part that would have to move']]
        : []),
      ...(theory?.detectableSkew
        ? [
            [
              'smallest skew that shows',
              `${formatNumber(theory.detectableSkew)}×`,
              NONE,
              'found in 9 of 10 such runs, at 0.1 % false alarms',
            ],
          ]
        : []),
    ],
  );
}

/** What equal bins are expected to show; for n choices over k bins the squared coefficient of variation is (k - 1) / n. */
function byChance({ theory, shares, choices, requests }: DistributionModel) {
  const bins = theory?.equalBins;
  if (!bins) return { fullest: NONE, empty: NONE, maxOverMean: NONE, jain: NONE, variation: NONE };
  const squaredVariation = (shares.length - 1) / choices;
  // The measures of requests follow from those of the choices only where each choice is one request.
  const perRequest = (value: number) => (choices === requests ? formatNumber(value) : NONE);
  return {
    fullest: `${formatPercent(bins.expectedMaxShare)} (99 %: up to ${formatPercent(bins.maxShareBound)})`,
    empty: formatNumber(bins.expectedEmpty),
    maxOverMean: perRequest(bins.expectedMaxShare * shares.length),
    jain: perRequest(1 / (1 + squaredVariation)),
    variation: perRequest(Math.sqrt(squaredVariation)),
  };
}

function testRows(test: NonNullable<DistributionModel['test']>): string[][] {
  const { statistic, degreesOfFreedom, upperP, underDispersionP, method } = test;
  return [
    ['chi-square', formatNumber(statistic), formatNumber(degreesOfFreedom), `against the expected shares (${method})`],
    ['p, more uneven', formatP(upperP), NONE, 'small: skewed'],
    ['p, more regular', formatP(underDispersionP), NONE, 'small: something takes turns'],
  ];
}
