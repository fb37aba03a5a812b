/** What the store reports, as console lines. */
import type { Severity } from '#protocol';
import type { JournalOpenReport } from '../../adapters/store/journal-sqlite.ts';
import type { StoreReport } from '../../adapters/store/store-report.ts';

export function tellOfStore(report: StoreReport, say: (severity: Severity, text: string) => void): void {
  switch (report.kind) {
    case 'opened':
      tellOfJournal(report.journal, say);
      for (const damage of report.tapeDamage)
        say('danger', `the tape file ${damage.file} was damaged (${damage.kind}); ${damage.bytes} bytes were given up`);
      return;
    case 'failed':
      say('danger', `the store stopped: ${report.message}`);
      return;
    case 'journal':
    case 'tape':
      say(
        report.state === 'ok' ? 'notice' : 'danger',
        `${report.kind} ${report.state}${report.message === '' ? '' : `: ${report.message}`}`,
      );
      return;
    case 'front':
      if (report.message === '') say('notice', 'the front of the tape can be written again');
      else say('danger', `the front of the tape cannot be written: ${report.message}`);
      return;
    case 'conflict':
      say(
        'danger',
        `journal records ${report.seqs.slice(0, 5).join(', ')} were made again with other content; those on disk stay`,
      );
      return;
    case 'salvaged':
      tellOfJournal(report.journal, say);
      return;
    case 'checkpoint':
      if (report.result.kind === 'failed') say('danger', `a checkpoint could not be written: ${report.result.message}`);
      return;
    case 'exits':
      say('danger', `the exits file could not be written: ${report.message}`);
      return;
    case 'stats':
    case 'closed':
      return;
  }
}

/** What repairing the journal cost, with numbers. */
function tellOfJournal(journal: JournalOpenReport, say: (severity: Severity, text: string) => void): void {
  if (journal.state !== 'salvaged') return;
  const lost = journal.lost.map(({ day, fromSeq, toSeq }) => `${fromSeq} to ${toSeq} of ${day}`);
  const aside = journal.keptAside === null ? '' : `; the damaged file was kept as ${journal.keptAside}`;
  say(
    'danger',
    `the journal was damaged (${journal.problem}); ${journal.salvagedRows} records were saved${aside}; ${
      lost.length === 0
        ? 'no record is known to be lost'
        : `records ${lost.slice(0, 5).join(', ')} are lost unless the tape makes them again`
    }`,
  );
}
