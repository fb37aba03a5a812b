/**
 * Turns journal records into what people read: console lines, alerts, closed trades. It reads records and changes nothing;
 * during a recovery it is not called, because the windows of the run before were told already.
 */
import type { AlertItem, ClosedTrade as ClosedTradeView, ConsoleItem, Severity } from '#protocol';
import { refusalText } from '../../kernel/refusal-text.ts';
import type { Fill } from '../../model/fill.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { ClosedTrade } from '../../model/trade.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { commandText } from './command-text.ts';

type Bare<T> = Omit<T, 'seq'>;

export interface Told {
  readonly console: Bare<ConsoleItem>[];
  readonly alerts: Bare<AlertItem>[];
  readonly trades: ClosedTradeView[];
}

export const dollars = (micros: number): string => `${micros < 0 ? '-' : ''}$${Math.abs(micros / 1e6).toFixed(2)}`;
const price = (micros: number): string => (micros / 1e6).toFixed(micros < 1_000_000 ? 4 : 2);

/** Adds what a record has to say to `told`. `shadowRun` marks the ids of shadow trades. */
export function narrate(record: JournalRecord, shadowRun: string, told: Told): void {
  const isShadow = record.id.startsWith(shadowRun) || record.cause.startsWith(shadowRun);
  const say = (
    kind: string,
    severity: Severity,
    text: string,
    about: { strategy?: string; tradeId?: string } = {},
  ): void => {
    told.console.push({
      atUs: record.atUs,
      kind,
      severity,
      text: isShadow ? `shadow: ${text}` : text,
      ...(record.symbol === '' ? {} : { symbol: record.symbol }),
      ...about,
    });
  };
  const alert = (kind: AlertItem['kind'], severity: Severity, text: string, tradeId?: string): void => {
    if (!isShadow)
      told.alerts.push({
        atUs: record.atUs,
        kind,
        severity,
        text,
        ...(record.symbol === '' ? {} : { symbol: record.symbol }),
        ...(tradeId === undefined ? {} : { tradeId }),
      });
  };
  switch (record.kind) {
    case 'decision':
      return tellDecision(record, say);
    case 'intent': {
      const order = record.body as {
        side: string;
        quantity: number;
        limit: number | null;
        purpose: string;
        strategy: string;
        tradeId: string;
      };
      return say(
        'order',
        'info',
        `${order.purpose} order ${record.id}: ${order.side} ${order.quantity} at ${order.limit === null ? 'market' : price(order.limit)}`,
        { strategy: order.strategy, tradeId: order.tradeId },
      );
    }
    case 'order':
      return tellOrder(record, say);
    case 'fill': {
      const fill = record.body as Fill & { replaces?: string };
      const text = `${fill.replaces === undefined ? '' : 'corrected: '}${fill.side === 'buy' ? 'bought' : 'sold'} ${fill.quantity} at ${price(fill.price)}`;
      say('fill', 'notice', text, { tradeId: fill.tradeId });
      return alert('fill', 'notice', `${record.symbol} ${text}`, fill.tradeId);
    }
    case 'trade':
      return tellTrade(record, isShadow, told, say, alert);
    case 'risk': {
      const risk = record.body as { code: string; reason?: string; text?: string };
      const text = `${risk.code}${(risk.reason ?? risk.text) ? `: ${risk.reason ?? risk.text ?? ''}` : ''}`;
      say('risk', 'warn', text);
      return alert('risk', 'warn', text);
    }
    case 'gap': {
      const gap = record.body as { endUs: number | null; startUs: number; reason: string };
      const text =
        gap.endUs === null
          ? `the feed has a gap from here on (${gap.reason}); open positions are blind until quotes return`
          : `the feed gap of ${((gap.endUs - gap.startUs) / 1e6).toFixed(1)} s is over (${gap.reason})`;
      say('gap', 'warn', text);
      if (gap.reason !== 'connect') alert('feed', gap.endUs === null ? 'danger' : 'notice', text);
      return;
    }
    case 'note': {
      const note = record.body as { code?: string; message?: string };
      if (note.message === undefined) return;
      say('note', 'warn', note.message);
      return alert('strategy', 'warn', note.message);
    }
    case 'command':
      return say('command', 'info', commandText(record));
    case 'signal':
    case 'position':
    case 'config':
    case 'broker':
    case 'run':
      return;
  }
}

type Say = (kind: string, severity: Severity, text: string, about?: { strategy?: string; tradeId?: string }) => void;

function tellDecision(record: JournalRecord, say: Say): void {
  const outcome = record.body as Partial<Outcome> & { exit?: string };
  if (outcome.code === undefined) {
    say('exit', 'notice', `exit decided: ${outcome.exit ?? 'by rule'}`, { tradeId: record.id });
    return;
  }
  const refused = refusalText(outcome.gate ?? '', outcome.value ?? null, outcome.limit ?? null);
  const strategy = outcome.strategy ?? '';
  if (outcome.code === 'fired')
    say('signal', 'notice', `${strategy} fired: ${outcome.shares ?? 0} shares`, {
      strategy,
      ...(outcome.tradeId === undefined ? {} : { tradeId: outcome.tradeId }),
    });
  else
    say('decision', 'info', `${strategy} did not fire: ${outcome.code}${refused === '' ? '' : ` (${refused})`}`, {
      strategy,
    });
}

function tellOrder(record: JournalRecord, say: Say): void {
  const body = record.body as {
    refused?: { kind: string };
    event?: { kind: string; reason?: string; message?: string };
    from?: string;
    state: string;
    filled?: number;
    quantity?: number;
  };
  if (body.refused !== undefined)
    return say(
      'order',
      'warn',
      `order ${record.id}: '${body.refused.kind}' makes no sense while ${body.state}; it was recorded and ignored`,
      { tradeId: record.cause },
    );
  if (body.from === body.state) return;
  const bad = body.state === 'rejected' || body.state === 'unknown';
  const reason = body.event?.message ?? body.event?.reason;
  say(
    'order',
    bad ? 'warn' : 'debug',
    `order ${record.id} ${body.state}${reason === undefined || reason === '' ? '' : `: ${reason}`}`,
    { tradeId: record.cause },
  );
}

function tellTrade(
  record: JournalRecord,
  isShadow: boolean,
  told: Told,
  say: Say,
  alert: (kind: AlertItem['kind'], severity: Severity, text: string, tradeId?: string) => void,
): void {
  const body = record.body as ClosedTrade & { notEntered?: string };
  if (body.notEntered !== undefined)
    return say('trade', 'info', `entry given up: ${body.notEntered}`, { tradeId: record.id });
  told.trades.push(closedTradeView(body, isShadow));
  const text = `closed ${body.net >= 0 ? '+' : ''}${dollars(body.net)} net by ${body.exitReason}`;
  say('trade', 'notice', text, { tradeId: record.id, strategy: body.strategy });
  alert(body.exitReason.startsWith('stop') ? 'stop' : 'target', 'notice', `${record.symbol} ${text}`, record.id);
}

export function closedTradeView(trade: ClosedTrade, isShadow: boolean): ClosedTradeView {
  return {
    tradeId: trade.id,
    symbol: trade.ticker,
    strategy: trade.strategy,
    version: trade.version,
    isShadow,
    quantity: trade.shares,
    entry: trade.averageBuy,
    exit: trade.averageSell,
    openedUs: trade.openedUs,
    closedUs: trade.closedUs,
    pnlNet: trade.net,
    pnlPercent: trade.averageBuy > 0 ? (trade.net / (trade.averageBuy * trade.shares)) * 100 : 0,
    costs: trade.charges,
    exitReason: trade.exitReason,
  };
}
