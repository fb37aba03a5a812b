/** What is known of a security before the first event of the day. It influences decisions, so it enters as an input. */
export interface ReferenceRow {
  readonly name: string;
  /** CS, ETF, ADRC ... */
  readonly type: string;
  readonly tape: number;
  /** Dollars; 0 when unknown. */
  readonly previousClose: number;
  /** Shares a usual day trades; 0 when unknown. */
  readonly averageVolume: number;
}
