/** Entry of the history worker: the market as it was, and old days (hosts/history/). */
import { parentPort, workerData } from 'node:worker_threads';
import { ensure } from '../../lib/assert.ts';
import type { HistoryWorkerData } from '../history/history-messages.ts';
import { runHistoryThread } from '../history/history-thread.ts';

runHistoryThread(ensure(parentPort, 'this file runs as a worker'), workerData as HistoryWorkerData);
