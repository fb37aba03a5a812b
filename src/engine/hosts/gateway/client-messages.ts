/** Reads what a window says on the control channel. Everything is checked here, once; the session trusts the result. */
import type { ClientMessage, ConflatedTopic, LosslessTopic, Topic } from '#protocol';
import { z } from 'zod';
import { TOPIC_KEY_CHARS_MAX } from './limits.ts';

const CONFLATED: Readonly<Record<ConflatedTopic, true>> = {
  market: true,
  health: true,
  account: true,
  positions: true,
  'working-orders': true,
  strategies: true,
  risk: true,
  symbol: true,
  'near-misses': true,
};
const LOSSLESS: Readonly<Record<LosslessTopic, true>> = { console: true, alerts: true, trades: true, scanner: true };

export const LOSSLESS_TOPICS = Object.keys(LOSSLESS) as readonly LosslessTopic[];
export const isConflated = (topic: string): topic is ConflatedTopic => Object.hasOwn(CONFLATED, topic);
export const isLossless = (topic: string): topic is LosslessTopic => Object.hasOwn(LOSSLESS, topic);

const topic = z.string().max(64);
const key = z
  .string()
  .min(1)
  .max(TOPIC_KEY_CHARS_MAX)
  .regex(/^[\x20-\x7e]+$/u)
  .optional();

const MESSAGE = z.discriminatedUnion('kind', [
  // A later version may say more in its hello; it must still be told that versions differ.
  z.looseObject({ kind: z.literal('hello'), version: z.number() }),
  z.strictObject({
    kind: z.literal('subscribe'),
    topic,
    key,
    epoch: z.string().max(64).optional(),
    after: z.number().int().nonnegative().optional(),
    hz: z.number().positive().optional(),
  }),
  z.strictObject({ kind: z.literal('unsubscribe'), topic, key }),
  z.strictObject({ kind: z.literal('ack'), frame: z.number().int().nonnegative() }),
]);

export type ReadMessage =
  | { readonly ok: true; readonly message: ClientMessage }
  | { readonly ok: false; readonly code: 'bad-message' | 'unknown-topic'; readonly reason: string };

export function readClientMessage(value: unknown): ReadMessage {
  const parsed = MESSAGE.safeParse(value);
  if (!parsed.success) return { ok: false, code: 'bad-message', reason: firstIssue(parsed.error) };
  const message = parsed.data;
  if ((message.kind === 'subscribe' || message.kind === 'unsubscribe') && !isTopic(message.topic)) {
    return { ok: false, code: 'unknown-topic', reason: `there is no topic '${printable(message.topic)}'` };
  }
  return { ok: true, message: message as ClientMessage };
}

/** Where and what, in one short line. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'not a message';
  const where = issue.path.length === 0 ? '' : `${printable(issue.path.join('.'))}: `;
  return `${where}${issue.message}`.slice(0, 200);
}

export function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, 64);
}

function isTopic(name: string): name is Topic {
  return isConflated(name) || isLossless(name);
}
