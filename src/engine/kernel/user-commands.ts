/** What the user (or a window, or the host) tells the kernel to do: each command by name, validated, answered at once. */
import type { ExitRule, Signal } from '../model/signal.ts';
import type { Micros } from '../model/units.ts';
import type { Adoption, EarlierDay, EarlierRanges } from './adoption.ts';
import type { UserCommand } from './input.ts';
import type { Kernel } from './kernel.ts';
import type { ReferenceRow } from './reference.ts';
import { refusalText } from './refusal-text.ts';
import type { StrategyFile } from './strategy-shelf.ts';
import type { StrategyBudget } from './trading/desk-config.ts';

export type CommandAnswer =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly code: 'refused' | 'not-found' | 'bad-arguments' | 'unknown-command';
      readonly message: string;
    };

const done = (value: unknown = null): CommandAnswer => ({ ok: true, value });
const refused = (message: string): CommandAnswer => ({ ok: false, code: 'refused', message });
const notFound = (message: string): CommandAnswer => ({ ok: false, code: 'not-found', message });

type Handler = (kernel: Kernel, args: never) => CommandAnswer;

const HANDLERS: Readonly<Record<string, Handler>> = {
  /**
   * The first input of a recorded day: says what the kernel was built with. Building it was the act; the journal keeps it
   * too (without the reference rows, which can be had again), should the beginning of the tape be lost.
   */
  configure: (kernel) => {
    const { reference, carried, ...config } = kernel.config;
    const body = { ...config, referenceRows: reference.length, carriedSections: Object.keys(carried).length };
    kernel.journal.write({ kind: 'config', atUs: kernel.nowUs, id: config.run, cause: '', symbol: '', body });
    kernel.main.desk.noteChanges(kernel.nowUs);
    return done();
  },
  /** Reference data that arrived after the start; only the host gives it. */
  setReference: (kernel, args: { rows: readonly ReferenceRow[] }) => {
    kernel.setReference(args.rows);
    return done();
  },
  /** Only from a restart, never from a window: see Kernel.adopt. */
  adopt: (kernel, args: Adoption) => done(kernel.adopt(args)),
  /** Only from the host, after a start without a usable checkpoint: see Kernel.giveBack. */
  giveBack: (kernel, args: EarlierDay) => {
    kernel.giveBack(args);
    return done();
  },
  /** Only from the host, behind `giveBack`. */
  giveRanges: (kernel, args: EarlierRanges) => {
    kernel.giveRanges(args);
    return done();
  },
  setAuto: (kernel, args: { on: boolean }) => {
    if (args.on && kernel.main.desk.summaries.risk().kill.state !== 'off')
      return refused('the kill switch is on; trading has to be resumed by its words first');
    kernel.main.desk.setAuto(args.on, kernel.nowUs);
    return done();
  },
  setStrategyMode: (kernel, args: { strategy: string; mode: 'enabled' | 'shadow' | 'off' }) => {
    const fault = kernel.shelf.refuseMode(args.strategy, args.mode);
    if (fault !== '') return refused(fault);
    return kernel.strategies.setMode(args.strategy, args.mode)
      ? done()
      : notFound(`there is no strategy '${args.strategy}'`);
  },
  setStrategyParams: (kernel, args: { strategy: string; params: Record<string, number> }) => {
    const fault = kernel.shelf.setParams(args.strategy, args.params);
    return fault === '' ? done() : refused(fault);
  },
  loadStrategy: (kernel, args: StrategyFile) => {
    const fault = kernel.shelf.load(args);
    if (fault !== '') return refused(`${args.file}: ${fault}`);
    for (const kind of kernel.strategies.barKinds()) kernel.bars.of(kind);
    return done();
  },
  /** Next versions whose files are still there; only the host knows the folder. */
  keepTrials: (kernel, args: { files: readonly string[] }) => {
    kernel.shelf.keepTrials(args.files);
    return done();
  },
  migrateTrades: (kernel, args: { strategy: string }) => migrateTrades(kernel, args.strategy),
  flatten: (kernel, args: { tradeId?: string; symbol?: string; all?: true }) => {
    const { desk } = kernel.main;
    if (args.all === true) return done({ trades: desk.flatten('all', kernel.nowUs) });
    if (args.tradeId !== undefined) {
      const trades = pairOf(kernel, args.tradeId).desk.flatten({ trade: args.tradeId }, kernel.nowUs);
      return trades > 0 ? done({ trades }) : notFound(`trade ${args.tradeId} is not open`);
    }
    const symbol = kernel.symbols.get(args.symbol ?? '');
    if (symbol === undefined) return notFound(`there is no symbol '${args.symbol ?? ''}'`);
    const trades = desk.flatten({ symbol }, kernel.nowUs);
    return trades > 0 ? done({ trades }) : notFound(`nothing is open in ${args.symbol ?? ''}`);
  },
  buy: (kernel, args: { symbol: string; quantity: number; limit: number | null }) => buy(kernel, args),
  moveStop: (kernel, args: { tradeId: string; price: number }) =>
    changeExits(kernel, args.tradeId, (exits) => [
      ...exits.filter((exit) => exit.kind !== 'stop-loss'),
      { kind: 'stop-loss', price: args.price },
    ]),
  letRun: (kernel, args: { tradeId: string }) =>
    changeExits(kernel, args.tradeId, (exits) => exits.filter((exit) => exit.kind !== 'take-profit')),
  cancelOrder: (kernel, args: { orderId: string }) =>
    kernel.main.desk.cancel(args.orderId, kernel.nowUs) || kernel.shadow.desk.cancel(args.orderId, kernel.nowUs)
      ? done()
      : notFound(`order ${args.orderId} is not working`),
  setRiskLimit: (kernel, args: { name: string; limit: number }) => {
    const fault = kernel.main.desk.setLimit(args.name, args.limit, kernel.nowUs);
    return fault === '' ? done() : refused(fault);
  },
  setStrategyBudget: (kernel, args: { strategy: string } & StrategyBudget) => {
    const { strategy, notionalMax, positionsMax, entriesMax } = args;
    if (!kernel.strategies.slots.some((slot) => slot.definition.name === strategy))
      return notFound(`there is no strategy '${strategy}'`);
    kernel.main.desk.setBudget(strategy, { notionalMax, positionsMax, entriesMax }, kernel.nowUs);
    return done();
  },
  kill: (kernel) => {
    kernel.main.desk.kill('by hand', kernel.nowUs);
    return done();
  },
  unkill: (kernel, args: { confirmation: string }) =>
    kernel.main.desk.releaseKill(args.confirmation, kernel.nowUs)
      ? done()
      : refused('the words do not match; the kill switch stays on'),
  power: (kernel, args: { event: string }) => {
    // A machine about to sleep or to lose power must not open anything new.
    if (args.event === 'suspend' || args.event === 'shutdown' || args.event === 'on-battery')
      kernel.main.desk.setAuto(false, kernel.nowUs);
    if (args.event === 'suspend') kernel.sleep();
    else if (args.event === 'resume') kernel.wake();
    return done();
  },
  /** From the recorder: the disk fails, or works again when `reason` is ''. */
  diskFault: (kernel, args: { reason: string }) => {
    kernel.main.desk.setDiskFault(args.reason, kernel.nowUs);
    return done();
  },
};

/** Commands that change what strategies are there, and the one that ends the state. */
export const TAKEN_DETACHED: ReadonlySet<string> = new Set([
  'adopt',
  'loadStrategy',
  'keepTrials',
  'setStrategyMode',
  'setStrategyParams',
]);

export function runCommand(kernel: Kernel, command: UserCommand): CommandAnswer {
  const handler = Object.hasOwn(HANDLERS, command.name) ? HANDLERS[command.name] : undefined;
  if (handler === undefined)
    return { ok: false, code: 'unknown-command', message: `the engine has no command '${command.name}'` };
  return handler(kernel, command.args as never);
}

/** Trades of the shadow desk carry its run id. */
function pairOf(kernel: Kernel, tradeId: string): Kernel['main'] {
  return kernel.shadow.desk.summaries.trade(tradeId) === undefined ? kernel.main : kernel.shadow;
}

function changeExits(
  kernel: Kernel,
  tradeId: string,
  change: (exits: readonly ExitRule[]) => readonly ExitRule[],
): CommandAnswer {
  const { desk } = pairOf(kernel, tradeId);
  const trade = desk.summaries.trade(tradeId);
  if (trade === undefined) return notFound(`there is no trade ${tradeId}`);
  const exits = change(trade.exits);
  if (exits.length === 0) return refused('that would leave the trade without any way out');
  return desk.setExits(tradeId, exits, kernel.nowUs) ? done() : refused(`trade ${tradeId} is not open any more`);
}

/** Gives open trades of older versions the exits that the version in use would plan for them now. */
function migrateTrades(kernel: Kernel, strategy: string): CommandAnswer {
  const slot = kernel.strategies.slots.find((candidate) => candidate.definition.name === strategy);
  if (slot === undefined) return notFound(`there is no strategy '${strategy}'`);
  const { nowUs } = kernel;
  let moved = 0;
  const kept: string[] = [];
  for (const { desk } of [kernel.main, kernel.shadow]) {
    for (const trade of desk.summaries.positions(nowUs)) {
      if (trade.strategy !== strategy || trade.version === slot.version) continue;
      const plan = kernel.strategies.exitsNow(strategy, trade.symbol, nowUs);
      if (!plan.ok) kept.push(`${trade.ticker} keeps its exits: ${plan.reason}`);
      else if (desk.setExits(trade.id, plan.exits, nowUs, plan.version)) moved++;
    }
  }
  return done({ moved, kept });
}

/**
 * A purchase by hand still gets exits: a stop 2 % below and the end of the session, to be moved as wished. A limit under the
 * offer rests there until it fills, is cancelled, or the phase ends.
 */
function buy(kernel: Kernel, args: { symbol: string; quantity: number; limit: number | null }): CommandAnswer {
  const symbol = kernel.symbols.get(args.symbol);
  if (symbol === undefined) return notFound(`there is no symbol '${args.symbol}'`);
  const ask = kernel.view.columns.ask[symbol] as number;
  if (!(ask > 0)) return refused(`${args.symbol} has no offer now`);
  const price = Math.min(Math.round(ask * 1e6), args.limit ?? Infinity);
  const stop: Micros = Math.round(price * 0.98);
  const signal: Signal = {
    id: `${kernel.config.run}-m${kernel.inputNo}`,
    strategy: 'manual',
    version: 'manual',
    symbol,
    side: 'buy',
    atUs: kernel.nowUs,
    inputNo: kernel.inputNo,
    expectedMove: 0,
    confidence: 1,
    validForUs: 20_000_000,
    sizing: { kind: 'dollars', amount: Math.round(args.quantity * ask * 1e6) },
    exits: [
      { kind: 'stop-loss', price: stop },
      { kind: 'phase-end', beforeUs: 60_000_000 },
    ],
    gates: [],
    tags: ['manual'],
    shadow: false,
  };
  const outcome = kernel.main.desk.onSignal(signal, kernel.nowUs, {
    manual: true,
    shares: args.quantity,
    ...(args.limit === null ? {} : { limit: args.limit }),
  });
  if (outcome.code === 'fired') return done({ id: outcome.tradeId });
  const why = refusalText(outcome.gate, outcome.value, outcome.limit);
  return refused(`refused by ${outcome.code}${why === '' ? '' : ` (${why})`}`);
}
