/** Probability distributions, from jstat where it has them. The only file that knows the library. */
import jstat from 'jstat';

/** P(X <= x) for the chi-square distribution. */
export function chiSquareCdf(x: number, degreesOfFreedom: number): number {
  return x <= 0 ? 0 : jstat.chisquare.cdf(x, degreesOfFreedom);
}

/** The x with P(X <= x) = probability. */
export function chiSquareQuantile(probability: number, degreesOfFreedom: number): number {
  return jstat.chisquare.inv(probability, degreesOfFreedom);
}

/**
 * P(X <= x) for the noncentral chi-square distribution, as the Poisson mixture of central ones
 * (Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, chapter 29). Terms below 1e-15 are left out.
 */
export function noncentralChiSquareCdf(x: number, degreesOfFreedom: number, noncentrality: number): number {
  const half = noncentrality / 2;
  if (half === 0) return chiSquareCdf(x, degreesOfFreedom);
  const reach = 8 * Math.sqrt(half) + 20;
  let total = 0;
  for (let j = Math.max(0, Math.floor(half - reach)); j <= half + reach; j += 1) {
    const weight = Math.exp(j * Math.log(half) - half - logFactorial(j));
    if (weight > 1e-15) total += weight * chiSquareCdf(x, degreesOfFreedom + 2 * j);
  }
  return Math.min(1, total);
}

export function normalPdf(x: number): number {
  return jstat.normal.pdf(x, 0, 1);
}

export function normalCdf(x: number): number {
  return jstat.normal.cdf(x, 0, 1);
}

/** The z with P(Z <= z) = probability. */
export function normalQuantile(probability: number): number {
  return jstat.normal.inv(probability, 0, 1);
}

export function betaQuantile(probability: number, alpha: number, beta: number): number {
  return jstat.beta.inv(probability, alpha, beta);
}

/** Natural logarithm of n!. */
export function logFactorial(n: number): number {
  return n < 2 ? 0 : jstat.gammaln(n + 1);
}

/** P(X = successes) for n independent trials. */
export function binomialPmf(successes: number, trials: number, probability: number): number {
  if (probability <= 0) return successes === 0 ? 1 : 0;
  if (probability >= 1) return successes === trials ? 1 : 0;
  const ways = logFactorial(trials) - logFactorial(successes) - logFactorial(trials - successes);
  return Math.exp(ways + successes * Math.log(probability) + (trials - successes) * Math.log1p(-probability));
}
