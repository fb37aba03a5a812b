/** The day report in words: one page for a terminal, and one line for the console. */
import { newYorkOffsetUs } from '../../time/new-york.ts';
import type { DayReport, TradeFigures } from './day-report.ts';

export function money(dollars: number): string {
  return `${dollars < -0.005 ? '-' : ''}$${Math.abs(dollars).toFixed(2)}`;
}

/** One line: what the day came to. */
export function reportSentence(figures: TradeFigures, open: number): string {
  if (figures.trades === 0) return `the day is over: no trade; ${flatText(open)}`;
  const ratio = figures.winRatio === null ? '' : `, ${(figures.winRatio * 100).toFixed(0)} % won`;
  return (
    `the day is over: ${figures.trades} ${figures.trades === 1 ? 'trade' : 'trades'}${ratio}, net ${money(figures.net)} ` +
    `(gross ${money(figures.gross)}, charges ${money(figures.charged)}, predicted ${money(figures.chargesPredicted)}); ${flatText(open)}`
  );
}

function flatText(open: number): string {
  return open === 0 ? 'flat' : `${open} ${open === 1 ? 'position is' : 'positions are'} still open`;
}

export function reportLines(report: DayReport): readonly string[] {
  const lines = [
    `${report.day}  ${report.feed}  broker ${report.broker}  seed ${report.seed}  run ${report.run}`,
    '',
    `signals  ${report.signals}: ${listed(report.outcomes)}`,
    `orders   ${report.orders}, fills ${report.fills}, rejected ${report.rejected}, unknown ${report.unknown}`,
    `entries given up  ${listed(report.notEntered)}`,
    `exits    ${listed(report.exits)}`,
    `at the end  ${report.open.length === 0 ? 'flat' : `open: ${report.open.join(', ')}`}`,
    '',
    HEAD,
    rowOf('all', report),
    ...Object.entries(report.byStrategy).map(([name, figures]) => rowOf(name, figures)),
    '',
    `charges: predicted ${money(report.chargesPredicted)}, charged ${money(report.charged)}; with spread and slippage: predicted ` +
      `${money(report.costsPredicted)}, realised ${money(report.costsRealised)}`,
    '',
    `gaps of the feed  ${report.gaps.length}`,
    ...report.gaps.map(
      ({ reason, startUs, endUs }) =>
        `  ${formatNewYorkTime(startUs)}  ${reason}, ${endUs === null ? 'not over' : `${((endUs - startUs) / 1e6).toFixed(1)} s`}`,
    ),
    `ended by halts    ${report.halts}`,
    `risk and recovery ${report.risks.length}`,
    ...report.risks.map(
      ({ atUs, code, text }) => `  ${formatNewYorkTime(atUs)}  ${code}${text === '' ? '' : `: ${text}`}`,
    ),
    `notes             ${report.notes.length}`,
    ...report.notes.map(({ atUs, text }) => `  ${formatNewYorkTime(atUs)}  ${text}`),
  ];
  return lines;
}

const HEAD = `${'strategy'.padEnd(20)}${['trades', 'won %', 'gross', 'charges', 'net', 'a trade', 'factor', 'hold s', 'drawdown'].map((word) => word.padStart(11)).join('')}`;

function rowOf(name: string, figures: TradeFigures): string {
  const cells = [
    String(figures.trades),
    figures.winRatio === null ? '-' : (figures.winRatio * 100).toFixed(1),
    money(figures.gross),
    money(figures.charged),
    money(figures.net),
    figures.expectancy === null ? '-' : money(figures.expectancy),
    figures.profitFactor === null ? '-' : figures.profitFactor.toFixed(2),
    figures.averageHoldSeconds === null ? '-' : figures.averageHoldSeconds.toFixed(0),
    money(figures.maxDrawdown),
  ];
  return `${name.padEnd(20)}${cells.map((cell) => cell.padStart(11)).join('')}`;
}

function listed(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([word, count]) => `${word} ${count}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** HH:MM:SS.mmm in New York. */
export function formatNewYorkTime(us: number): string {
  return new Date((us + newYorkOffsetUs(us)) / 1000).toISOString().slice(11, 23);
}
