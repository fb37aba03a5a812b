/**
 * Chance of the paper exchange, message by message. What a message meets on its way is a function of the seed, the order it is
 * about and which message of that order it is; never of how many messages came before it. So an order that one run has and
 * another has not changes nothing for the others, and a day can be compared with its backtest (docs/specs/paper.md, PAP14).
 */
import { createRng } from '../../lib/rng.ts';
import type { Rng } from '../../lib/rng.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import type { BrokerCommand, OrderRequest } from '../../ports/broker.ts';

/** What chance is drawn for: on the way to the exchange, there, at a fill, on the way home. */
export type Happening = 'command' | 'arrival' | 'fill' | 'report';

/** An order by what it is and not by its id, which carries the run: `AAPL/buy/3` is the fourth purchase of AAPL today. */
interface Line {
  readonly label: string;
  readonly drawn: Record<Happening, number>;
}

export interface OrderLines {
  /** By ticker and side: orders so far today. */
  counts: Record<string, number>;
  /** By order id; '' for what is about the account. */
  byOrder: Record<string, Line>;
}

export function freshLines(): OrderLines {
  return { counts: {}, byOrder: {} };
}

/** Once an order; a second one under the same id belongs to the first. */
function openLine(lines: OrderLines, order: OrderRequest, ticker: string): void {
  if (Object.hasOwn(lines.byOrder, order.clientOrderId)) return;
  const kind = `${ticker}/${order.side}`;
  const number = Object.hasOwn(lines.counts, kind) ? (lines.counts[kind] as number) : 0;
  lines.counts[kind] = number + 1;
  lines.byOrder[order.clientOrderId] = freshLine(`${kind}/${number}`);
}

/** The stream of the next message of that kind about the order. `base` does not move. */
export function luckOf(base: Rng, lines: OrderLines, orderId: string, what: Happening): Rng {
  const known = Object.hasOwn(lines.byOrder, orderId) ? lines.byOrder[orderId] : undefined;
  const line = known ?? (lines.byOrder[orderId] = freshLine(orderId === '' ? 'account' : orderId));
  return createRng(`${base.save().join(',')}/${line.label}/${what}/${line.drawn[what]++}`);
}

/** The same for a command on its way out, which is where an order is seen first. */
export function luckOfCommand(base: Rng, lines: OrderLines, command: BrokerCommand, symbols: SymbolTable): Rng {
  if (command.kind === 'query') return luckOf(base, lines, '', 'command');
  if (command.kind !== 'place') return luckOf(base, lines, command.clientOrderId, 'command');
  const { symbol, clientOrderId } = command.order;
  openLine(lines, command.order, symbol >= 0 && symbol < symbols.size ? symbols.name(symbol) : '');
  return luckOf(base, lines, clientOrderId, 'command');
}

/** A new day: orders that are over are forgotten, and counting begins anew. */
export function keepLines(lines: OrderLines, isOpen: (orderId: string) => boolean): void {
  lines.counts = {};
  for (const id of Object.keys(lines.byOrder)) if (id !== '' && !isOpen(id)) delete lines.byOrder[id];
}

/** A whole number of the range, both ends included. */
export function between(luck: Rng, range: readonly [number, number]): number {
  return range[0] + luck.below(range[1] - range[0] + 1);
}

function freshLine(label: string): Line {
  return { label, drawn: { command: 0, arrival: 0, fill: 0, report: 0 } };
}
