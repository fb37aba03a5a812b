/**
 * The worker thread that owns the vendor's socket. workerData: { spec: FeedSpec of kind 'massive', ring, key, options? }.
 * Messages in: { kind: 'stop' } and { kind: 'reconnect' }. Messages out: { kind: 'failed', message } when it cannot start,
 * { kind: 'ended' } when it has stopped. Everything else travels through the ring.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { startFeedThread } from '../feed-thread.ts';
import type { FeedThreadData, FeedThreadMessage } from '../feed-thread.ts';
import { ensure } from '../../lib/assert.ts';

const port = ensure(parentPort, 'this file runs as a worker');
const thread = startFeedThread(workerData as FeedThreadData, (message) => port.postMessage(message));
port.on('message', (message: FeedThreadMessage) => {
  if (message.kind === 'reconnect') thread.reconnect();
  if (message.kind !== 'stop') return;
  thread.stop();
  port.postMessage({ kind: 'ended' });
  port.close();
});
