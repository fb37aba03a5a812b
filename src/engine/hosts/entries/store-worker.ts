/** The store worker: journal, tape and checkpoints on a thread of their own. Started by adapters/store/store-client.ts. */
import { workerData } from 'node:worker_threads';
import { StoreCells, warmCheckpoints } from '../../adapters/store/store-channel.ts';
import type { StoreWorkerData } from '../../adapters/store/store-client.ts';
import { openStoreCore } from '../../adapters/store/store-core.ts';

/** Records that wait for company, or for a disk with room, are looked at so often; otherwise the bell wakes us. */
const PENDING_WAIT_MS = 2;
const IDLE_WAIT_MS = 50;
/** The state of a market of 5,500 symbols. */
const CHECKPOINT_BYTES = 40 << 20;

const data = workerData as StoreWorkerData;
const cells = new StoreCells(data.channel.cells);
const core = openStoreCore({ ...data, nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000) });
if (core !== null) {
  warmCheckpoints(data.channel, CHECKPOINT_BYTES);
  while (!core.isClosed) {
    const seen = cells.bell();
    if (!core.step()) cells.waitWork(seen, core.hasPending ? PENDING_WAIT_MS : IDLE_WAIT_MS);
  }
}
