/** What may go wrong between us and the paper exchange, as probabilities (docs/specs/paper.md, PAP12 to PAP20). */

export interface FaultRates {
  /** A report takes seconds. */
  readonly late: number;
  readonly duplicate: number;
  /** A report is overtaken by later ones. */
  readonly reorder: number;
  /** A report never comes. */
  readonly lost: number;
  /** A good order is refused. */
  readonly reject: number;
  /** A cancel meets a fill. */
  readonly race: number;
  /** An order's fate is not told; half of them never arrived. */
  readonly unknown: number;
  /** The link drops for seconds; what was under way is lost. */
  readonly disconnect: number;
  /** An execution is corrected later. */
  readonly correct: number;
}

export const NO_FAULTS: FaultRates = {
  late: 0,
  duplicate: 0,
  reorder: 0,
  lost: 0,
  reject: 0,
  race: 0,
  unknown: 0,
  disconnect: 0,
  correct: 0,
};

export const ALL_FAULTS: FaultRates = {
  late: 0.05,
  duplicate: 0.08,
  reorder: 0.08,
  lost: 0.03,
  reject: 0.03,
  race: 0.1,
  unknown: 0.02,
  disconnect: 0.004,
  correct: 0.03,
};

export const FAULT_NAMES = Object.keys(NO_FAULTS) as readonly (keyof FaultRates)[];

/** 'all', 'none', or 'late=0.1,lost=0.02' (a name alone takes its rate of 'all'). The text says what is wrong otherwise. */
export function parseFaults(spec: string): FaultRates | string {
  if (spec === 'all') return ALL_FAULTS;
  if (spec === 'none' || spec === '') return NO_FAULTS;
  const rates: Record<keyof FaultRates, number> = { ...NO_FAULTS };
  for (const part of spec.split(',')) {
    const [name, value, ...rest] = part.split('=');
    const key = FAULT_NAMES.find((one) => one === name);
    if (key === undefined || rest.length > 0)
      return `'${part}' is not a fault; faults are ${FAULT_NAMES.join(', ')}, all, none`;
    const rate = value === undefined ? ALL_FAULTS[key] : Number(value);
    if (value === '' || !(rate >= 0 && rate <= 1)) return `the rate of '${key}' must be a number from 0 to 1`;
    rates[key] = rate;
  }
  return rates;
}
