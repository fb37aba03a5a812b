/** The store's threads, by `part`: the journal's, and the one of tape and checkpoints. Started by adapters/store/store-client.ts. */
import { nextParcel } from '../../adapters/early-thread.ts';
import { openJournalLane } from '../../adapters/store/journal-lane.ts';
import { StoreCells, warmCheckpoints } from '../../adapters/store/store-channel.ts';
import type { StoreWorkerData } from '../../adapters/store/store-client.ts';
import { openStoreCore } from '../../adapters/store/store-core.ts';

/** Records that wait for company, or for a disk with room, are looked at so often; otherwise the bell wakes us. */
const PENDING_WAIT_MS = 2;
const IDLE_WAIT_MS = 50;
/** The tape is looked at so often without a bell: the kernel does not ring for every batch. */
const TAPE_WAIT_MS = 10;
/** The checkpoints' memory is made ready when the start is over: touching it takes a processor for a while. */
const WARM_AFTER_MS = 1_500;
/** The state of a market of 5,500 symbols. */
const CHECKPOINT_BYTES = 40 << 20;

const { part, ...data } = nextParcel<StoreWorkerData>();
const cells = new StoreCells(data.channel.cells);
const options = { ...data, nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000) };
if (part === 'journal') runJournal();
else runTape();

function runJournal(): void {
  if (!cells.waitGuarded()) return;
  const lane = openJournalLane(options);
  if (lane === null) return;
  while (!lane.isClosed && cells.life() !== 'failed') {
    const seen = cells.journalBell();
    if (!lane.step()) cells.waitJournalWork(seen, lane.hasPending ? PENDING_WAIT_MS : IDLE_WAIT_MS);
  }
}

function runTape(): void {
  const core = openStoreCore(options, false);
  if (core === null) return;
  const warmAtMs = performance.now() + WARM_AFTER_MS;
  let isWarm = false;
  while (!core.isClosed && cells.life() !== 'failed') {
    const seen = cells.bell();
    if (!isWarm && performance.now() >= warmAtMs) {
      warmCheckpoints(data.channel, CHECKPOINT_BYTES);
      isWarm = true;
    }
    if (!core.step()) cells.waitWork(seen, core.hasPending ? PENDING_WAIT_MS : TAPE_WAIT_MS);
  }
}
