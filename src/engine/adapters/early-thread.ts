/**
 * A thread that is started before anybody knows what for: it loads its code while the data it is to work on is still being
 * found, then waits for it. Loading takes longer than everything else in a start (docs/specs/recovery.md, RCV8).
 */
import { parentPort, receiveMessageOnPort, Worker, workerData } from 'node:worker_threads';
import { ensure } from '../lib/assert.ts';

export interface EarlyThread {
  readonly worker: Worker;
  /** Hands the thread what it waits for; plain data and shared memory. Several parcels are taken in order. */
  begin(parcel: unknown): void;
}

interface Gate {
  /** Parcels sent so far, one Int32. */
  readonly gate: SharedArrayBuffer;
}

export function startEarlyThread(file: string | URL, name: string): EarlyThread {
  const gate = new SharedArrayBuffer(4);
  const sent = new Int32Array(gate);
  const worker = new Worker(file, { workerData: { gate } satisfies Gate, name });
  return {
    worker,
    begin: (parcel) => {
      worker.postMessage(parcel);
      Atomics.add(sent, 0, 1);
      Atomics.notify(sent, 0);
    },
  };
}

let taken = 0;

/** In such a thread: the next parcel. Waits for it without turning the event loop, so that no message can pass it. */
export function nextParcel<T>(): T {
  const port = ensure(parentPort, 'parcels are for threads');
  const sent = new Int32Array((workerData as Gate).gate);
  while (Atomics.load(sent, 0) <= taken) Atomics.wait(sent, 0, taken);
  taken++;
  return (ensure(receiveMessageOnPort(port), 'a parcel was sent') as { readonly message: T }).message;
}
