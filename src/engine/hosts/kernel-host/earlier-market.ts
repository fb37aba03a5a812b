/** The market of the earlier day on its way from the history worker to the kernel, after a start that began anew. */
import type { HistoryClient } from '../history/history-client.ts';

/** Rows in one input of the kernel. */
const ROWS_AT_ONCE = 500;

/** Last inputs of the parts that are missing; 0 for one that is not. */
export interface MissingParts {
  readonly lacksUntil: number;
  readonly lacksRangesUntil: number;
}

/** The day's figures first; behind them the opening ranges, for which only the strategies wait that need them. */
export function giveBackEarlier(
  history: HistoryClient,
  missing: MissingParts,
  command: (name: string, args: unknown) => Promise<unknown>,
): void {
  const say = (severity: 'info' | 'danger', text: string): void =>
    void command('report', { severity, text, kind: 'recovery' }).catch(() => undefined);
  const give = async <T>(name: string, rows: readonly T[], more: object): Promise<void> => {
    for (let first = 0; first === 0 || first < rows.length; first += ROWS_AT_ONCE) {
      const isLast = first + ROWS_AT_ONCE >= rows.length;
      await command(name, { rows: rows.slice(first, first + ROWS_AT_ONCE), ...more, isLast });
    }
  };
  const figures = async (): Promise<void> => {
    if (missing.lacksUntil === 0) return;
    const { rows, fromUs } = await history.earlier(missing.lacksUntil);
    await give('giveBack', rows, { fromUs });
  };
  const ranges = async (): Promise<void> => {
    await give('giveRanges', await history.ranges(missing.lacksRangesUntil), {});
    say('info', 'the opening ranges of the earlier day are back');
  };
  const failed =
    (what: string, consequence: string) =>
    (error: Error): void =>
      say(
        'danger',
        `${what} of the earlier day could not be read (${error.message}); ${consequence} until the next start`,
      );
  figures().then(
    () => ranges().catch(failed('the opening ranges', 'strategies that need them do not trade')),
    failed('the market', 'strategies wait'),
  );
}
