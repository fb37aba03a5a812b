/** Exact integer arithmetic where a product leaves the range a double holds exactly. For rare sums of money, not for ticks. */

/** a x b / divisor, rounded half away from zero. All integers; divisor positive. */
export function mulDiv(a: number, b: number, divisor: number): number {
  const product = a * b;
  if (Number.isSafeInteger(product) && Math.abs(product) < 4_503_599_627_370_496) {
    const magnitude = Math.abs(product);
    const whole = Math.floor(magnitude / divisor);
    const rounded = (magnitude - whole * divisor) * 2 >= divisor ? whole + 1 : whole;
    return product < 0 ? -rounded : rounded;
  }
  const wide = BigInt(a) * BigInt(b);
  const magnitude = wide < 0n ? -wide : wide;
  const by = BigInt(divisor);
  const rounded = (magnitude * 2n + by) / (by * 2n);
  return Number(wide < 0n ? -rounded : rounded);
}
