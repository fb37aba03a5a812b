/** The epoch as the 32-bit number that binary frames carry: FNV-1a over the UTF-16 code units of the epoch's text. */
export function epochNumber(epoch: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < epoch.length; i++) hash = Math.imul(hash ^ epoch.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
