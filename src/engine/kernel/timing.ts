/** Periods of the kernel's own housekeeping, in engine time. */
export const TIDY_EVERY_US = 1_000_000;
/** Bars ended by the clock wait this long for late reports. */
export const LATE_REPORTS_US = 5_000_000;
