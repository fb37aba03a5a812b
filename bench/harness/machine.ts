/** Names the machine, so that a number never stands alone. */
import { cpus, totalmem } from 'node:os';

export function machineLine(): string {
  const [first] = cpus();
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return `${first?.model.trim() ?? 'unknown CPU'} x ${cpus().length}, ${memoryGb} GB, ${process.platform}, Node ${process.versions.node}`;
}
