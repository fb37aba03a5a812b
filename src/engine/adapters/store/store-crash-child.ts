/**
 * The victim of the crash tests: writes journal and tape through the store worker as a kernel would, and prints every
 * sequence and input number it was told is safe, until it is killed. Arguments: data folder, day, worker file, pace.
 */
import fs from 'node:fs';
import { ConditionSets } from '../../model/conditions.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import { SymbolTable } from '../../model/symbols.ts';
import { startStoreWorker, StoreClient } from './store-client.ts';
import { createSampleMarket, SAMPLE_OPEN_US } from './store-samples.ts';

const [dataDir, day, workerUrl, seed] = process.argv.slice(2) as [string, string, string, string];
const { channel } = startStoreWorker({ dataDir, day, workerUrl, tapeRingBytes: 8 << 20 });
const symbols = new SymbolTable(64);
const sets = new ConditionSets();
for (let i = 0; i < 40; i++) symbols.intern(`K${i}`);
for (let i = 1; i < 5; i++) sets.intern([i]);
let opened = { lastSeq: 0, lastInputNo: 0 };
const client = new StoreClient({
  channel,
  symbols,
  sets,
  whenFull: 'wait',
  onReport: (report) => {
    if (report.kind === 'opened') opened = report;
    if (report.kind === 'failed') throw new Error(report.message);
  },
});
// The main thread may wait here: it is a child process of a test.
if (client.waitOpen(20_000) !== 'open') throw new Error('the store did not open');
client.poll();
const market = createSampleMarket(Number(seed), 40);
const batch = createEventBatch(200);
let { lastSeq: seq, lastInputNo: inputNo } = opened;
fs.writeSync(1, `open ${seq} ${inputNo}\n`);
for (;;) {
  market.fill(batch, 50 + (inputNo % 150));
  client.appendBatch(++inputNo, batch);
  if (inputNo % 3 === 0) {
    const kind = inputNo % 9 === 0 ? 'intent' : 'order';
    client.appendJournal({
      seq: ++seq,
      inputNo,
      atUs: SAMPLE_OPEN_US + inputNo,
      kind,
      id: `o-${seq}`,
      cause: '',
      symbol: 'K1',
      body: { seq, pad: 'p'.repeat(seq % 300) },
    });
    if (kind === 'intent') {
      if (!client.waitDurable(seq, 10_000)) throw new Error('not durable in time');
      fs.writeSync(1, `safe ${client.durableSeq()} ${inputNo}\n`);
    }
  }
  if (inputNo % 50 === 0) client.writeExits({ day, inputNo, atUs: SAMPLE_OPEN_US + inputNo, seq, state: { seq } });
  if (inputNo % 100 === 0) {
    client.writeCheckpoint(
      { day, inputNo, atUs: SAMPLE_OPEN_US, seq, engineVersion: 't', stateVersion: 1 },
      (writer) => {
        writer.section('n', new Uint8Array(Float64Array.of(inputNo).buffer));
        writer.section('big', new Uint8Array(2_000_000).fill(inputNo & 255));
      },
    );
  }
  client.poll();
}
