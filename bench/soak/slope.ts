/**
 * How fast something grows, and how sure that is.
 *
 * @module
 */

/** A straight line through samples. */
export interface Slope {
  /** Growth for each unit of `x`. */
  readonly value: number;
  /** Half of the 95 % interval around it, taking the samples as independent. */
  readonly margin: number;
}

/** Fits a line by least squares; needs three samples at least. */
export function fitSlope(x: readonly number[], y: readonly number[]): Slope {
  const count = x.length;
  if (count < 3) return { value: NaN, margin: NaN };
  const [meanX, meanY] = [mean(x), mean(y)];
  const spread = sum(x.map((value) => (value - meanX) ** 2));
  const value = sum(x.map((at, index) => (at - meanX) * (y[index]! - meanY))) /
    spread;
  const residuals = x.map((at, index) => y[index]! - meanY - value * (at - meanX));
  const variance = sum(residuals.map((residual) => residual ** 2)) /
    (count - 2);
  return {
    value,
    margin: studentFactor(count - 2) * Math.sqrt(variance / spread),
  };
}

/** Student's t for 95 %, to 1 % from five degrees of freedom on. */
function studentFactor(degrees: number): number {
  return 1.96 + 2.5 / degrees + 2 / degrees ** 2;
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
