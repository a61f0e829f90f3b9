/** The part of jstat that distributions.ts uses; the library ships no types. */
declare module 'jstat' {
  interface Distribution<Parameters extends number[]> {
    pdf(x: number, ...parameters: Parameters): number;
    cdf(x: number, ...parameters: Parameters): number;
    inv(probability: number, ...parameters: Parameters): number;
  }
  const library: {
    chisquare: Distribution<[degreesOfFreedom: number]>;
    beta: Distribution<[alpha: number, beta: number]>;
    normal: Distribution<[mean: number, standardDeviation: number]>;
    gammaln(x: number): number;
  };
  export default library;
}
