/**
 * The keys of the vendor's events as small field numbers. Keys of one and two letters, which is nearly all of
 * them, index a table; a field is then a bit in the decoder's masks. The meaning of a field depends on the event's `ev`,
 * which may come last, so fields are collected first and read when the object ends.
 */
export const FIELD = {
  unknown: 0,
  ev: 1,
  sym: 2,
  /** `T`: the ticker of LULD and NOI. */
  ticker: 3,
  p: 4,
  s: 5,
  ds: 6,
  t: 7,
  c: 8,
  i: 9,
  x: 10,
  z: 11,
  q: 12,
  trfi: 13,
  bp: 14,
  bs: 15,
  bx: 16,
  ap: 17,
  as: 18,
  ax: 19,
  h: 20,
  l: 21,
  status: 22,
  message: 23,
  /** Known keys whose values nobody reads. */
  ignored: 24,
} as const;

export const FIELD_COUNT = 25;

/** Known keys of the vendor's events that are checked for syntax and otherwise passed over. */
const IGNORED_KEYS = ['pt', 'trft', 'v', 'av', 'op', 'vw', 'o', 'a', 'e', 'otc', 'dv', 'dav', 'at', 'b', 'fmv'];

const FIELDS: ReadonlyMap<string, number> = new Map<string, number>([
  ...Object.entries(FIELD).filter(([name]) => name !== 'unknown' && name !== 'ignored' && name !== 'ticker'),
  ['T', FIELD.ticker],
  ...IGNORED_KEYS.map((key) => [key, FIELD.ignored] as const),
]);

/** The field of a key spelled out: long keys and keys with escapes. */
export function fieldOfKey(key: string): number {
  return FIELDS.get(key) ?? FIELD.unknown;
}

/** First letter + 128 * second letter (0 for keys of one letter) -> field. */
export const SHORT_KEY_FIELDS = new Uint8Array(128 * 128);

for (const [key, field] of FIELDS) {
  if (key.length === 1) SHORT_KEY_FIELDS[key.charCodeAt(0)] = field;
  else if (key.length === 2) SHORT_KEY_FIELDS[key.charCodeAt(0) + 128 * key.charCodeAt(1)] = field;
}
