/**
 * The part of the day before a kernel that began afresh: missing until the host has read it from the tape and handed it over in
 * figures, in pieces (docs/specs/recovery.md, AFR4, AFR5). Until then no strategy judges anything.
 */
import { takeDayFacts } from '../market/day-facts.ts';
import type { MarketView } from '../market/market-view.ts';
import type { InputNo } from '../model/units.ts';
import type { EarlierDay } from './adoption.ts';
import type { FeedWatch } from './feed-watch.ts';
import type { JournalWriter } from './trading/journal-writer.ts';

export class EarlierPart {
  /** The last input of the missing part; 0 when nothing is missing. */
  lacksUntil: InputNo = 0;

  take(part: EarlierDay, view: MarketView, watch: FeedWatch, journal: JournalWriter): void {
    if (this.lacksUntil === 0) return;
    for (const [name, values] of part.rows) {
      const symbol = view.symbols.intern(name);
      if (symbol >= 0) takeDayFacts(view, symbol, values);
    }
    if (!part.isLast) return;
    this.lacksUntil = 0;
    watch.reachBack(part.fromUs);
    const body = { code: 'day-given-back', fromUs: part.fromUs };
    journal.write({ kind: 'note', atUs: view.nowUs, id: 'recovery', cause: '', symbol: '', body });
  }
}
