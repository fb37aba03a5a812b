/** What the store reports, as console lines. */
import type { Severity } from '#protocol';
import type { StoreReport } from '../../adapters/store/store-report.ts';

export function tellOfStore(report: StoreReport, say: (severity: Severity, text: string) => void): void {
  switch (report.kind) {
    case 'opened':
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
    case 'conflict':
      say(
        'danger',
        `journal records ${report.seqs.slice(0, 5).join(', ')} were made again with other content; those on disk stay`,
      );
      return;
    case 'salvaged':
      say('danger', 'the journal was damaged; what could be read was saved and the damaged file was put aside');
      return;
    case 'checkpoint':
      if (report.result.kind === 'failed') say('danger', `a checkpoint could not be written: ${report.result.message}`);
      return;
    case 'exits':
      say('danger', `the exits file could not be written: ${report.message}`);
      return;
    case 'stats':
      return;
  }
}
