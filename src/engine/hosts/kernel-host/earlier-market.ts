/** The market of the earlier day on its way from the history worker to the kernel, after a start that began anew. */
import type { HistoryClient } from '../history/history-client.ts';

/** Rows of figures in one input of the kernel. */
const ROWS_AT_ONCE = 500;

export function giveBackEarlier(
  history: HistoryClient,
  untilInputNo: number,
  command: (name: string, args: unknown) => Promise<unknown>,
): void {
  const follow = async (): Promise<void> => {
    const { rows, fromUs } = await history.earlier(untilInputNo);
    for (let first = 0; first === 0 || first < rows.length; first += ROWS_AT_ONCE) {
      const isLast = first + ROWS_AT_ONCE >= rows.length;
      await command('giveBack', { rows: rows.slice(first, first + ROWS_AT_ONCE), fromUs, isLast });
    }
  };
  follow().catch((error: Error) => {
    const text = `the market of the earlier day could not be read (${error.message}); strategies wait until the next start`;
    void command('report', { severity: 'danger', text, kind: 'recovery' }).catch(() => undefined);
  });
}
