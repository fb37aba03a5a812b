/** What each command of the kernel may be called with, checked before the kernel sees it. */
import type { EngineCommands } from '#protocol';
import { BUDGET_MAX } from '#protocol';
import { z } from 'zod';

const symbol = z.string().min(1).max(32);
const id = z.string().min(1).max(64);
const count = z.number().int().min(0).max(5_000);
const index = z.number().int().min(0).max(100_000_000);
const micros = z.number().int().min(1).max(1e13);
const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** 'ping' is answered by the gateway itself. */
export const KERNEL_COMMAND_SCHEMAS = {
  report: z.strictObject({ severity: z.enum(['info', 'warn', 'danger']), text: z.string().max(4000) }),
  bars: z.strictObject({
    symbol,
    kind: z.enum(['tick', 'time']),
    size: z.number().int().min(1).max(100_000),
    from: index,
    count,
  }),
  printsAt: z.strictObject({
    symbol,
    atUs: z.number().min(0).max(8e15),
    count: z.number().int().min(1).max(500),
  }),
  trade: z.strictObject({ tradeId: id }),
  closedTrades: z.strictObject({ from: index, count }),
  whyNot: z.strictObject({ symbol, atUs: z.number().min(0).max(8e15).nullable() }),
  setAuto: z.strictObject({ on: z.boolean() }),
  setStrategyMode: z.strictObject({ strategy: z.string().regex(NAME), mode: z.enum(['enabled', 'shadow', 'off']) }),
  migrateTrades: z.strictObject({ strategy: z.string().regex(NAME) }),
  setStrategyParams: z.strictObject({
    strategy: z.string().regex(NAME),
    params: z.record(z.string().max(64), z.number()),
  }),
  buy: z.strictObject({ symbol, quantity: z.number().int().min(1).max(1_000_000), limit: micros.nullable() }),
  flatten: z.union([
    z.strictObject({ tradeId: id }),
    z.strictObject({ symbol }),
    z.strictObject({ all: z.literal(true) }),
  ]),
  moveStop: z.strictObject({ tradeId: id, price: micros }),
  letRun: z.strictObject({ tradeId: id }),
  cancelOrder: z.strictObject({ orderId: id }),
  reconnectFeed: z.undefined(),
  kill: z.undefined(),
  unkill: z.strictObject({ confirmation: z.string().max(64) }),
  setRiskLimit: z.strictObject({ name: z.string().max(64), limit: z.number() }),
  setStrategyBudget: z.strictObject({
    strategy: z.string().regex(NAME),
    notionalMax: z.number().int().min(0).max(BUDGET_MAX.notionalMax).nullable(),
    positionsMax: z.number().int().min(0).max(BUDGET_MAX.positionsMax).nullable(),
    entriesMax: z.number().int().min(0).max(BUDGET_MAX.entriesMax).nullable(),
  }),
} as const satisfies Partial<Record<keyof EngineCommands, z.ZodType>>;
