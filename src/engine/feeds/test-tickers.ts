/**
 * Exchange test tickers: names the exchanges print on all day to test their own plumbing. They stream like real ones and
 * must never reach a strategy. Sources: the rows marked "Test Issue = Y" of Nasdaq Trader's nasdaqlisted/otherlisted
 * symbol directories, the NYSE Group test symbol lists (xTEST families) and the Cboe and IEX test symbol notices.
 * A list of names and not a pattern: a pattern would one day hide a real company.
 */
const TEST_FAMILIES = ['ATEST', 'CTEST', 'MTEST', 'NTEST', 'PTEST', 'ZTEST'] as const;
const FAMILY_SUFFIXES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const SINGLE_NAMES = [
  // Nasdaq and the Nasdaq-run exchanges
  'ZAZZT', 'ZBZZT', 'ZCZZT', 'ZJZZT', 'ZVZZC', 'ZVZZT', 'ZWZZT', 'ZXZZT', 'ZXYZ.A', 'ZZZTA', 'ZVV', 'ZZK', 'ZZZ',
  // Cboe (BZX and EDGX listings), NYSE Arca, IEX
  'ZBZX', 'ZTST', 'CBO', 'CBX', 'IBO', 'IGZ', 'ZIEXT', 'ZXIET', 'ZEXIT',
  // NYSE pillar test stocks
  'TESTA', 'TESTB', 'TESTC',
] as const; // prettier-ignore

function everyName(): string[] {
  const names: string[] = [...SINGLE_NAMES];
  for (const family of TEST_FAMILIES) {
    names.push(family);
    for (const suffix of FAMILY_SUFFIXES) names.push(`${family}.${suffix}`);
  }
  return names;
}

/** Tickers in the vendor's (CTA) form, case-sensitive. */
export const TEST_TICKERS: ReadonlySet<string> = new Set(everyName());
