/** SCR: the view at any instant equals the view of someone who had watched from the start until then. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/rng.ts';
import { hashMarket } from '../../market/market-hash.ts';
import { MarketView } from '../../market/market-view.ts';
import { ConditionSets } from '../../model/conditions.ts';
import { createEventBatch } from '../../model/event-batch.ts';
import { SymbolTable } from '../../model/symbols.ts';
import { applyToView, MarketScrub, ScrubIndexer } from '../../tape/market-scrub.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { SessionClock } from '../../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import { ScrubFiles } from './scrub-files.ts';
import { createSampleMarket, SAMPLE_DAY, SAMPLE_OPEN_US, temporaryFolder, writeBatch } from './store-samples.ts';
import { TapeReader } from './tape-reader.ts';
import { TapeWriter } from './tape-writer.ts';

const dataDir = temporaryFolder('scrub');
const SYMBOLS = 80;
let endUs = 0;

function tools() {
  const symbols = new SymbolTable(256);
  const sets = new ConditionSets();
  const sessions = new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR));
  const reader = new TapeReader({ dataDir, day: SAMPLE_DAY, symbols, sets });
  return { reader, hooks: { makeView: () => new MarketView({ symbols, conditions: sets, sessions }) } };
}

beforeAll(() => {
  const writer = new TapeWriter({
    dataDir,
    day: SAMPLE_DAY,
    nowUs: () => SAMPLE_OPEN_US,
    groupEventsMax: 4000,
    blockEventsMax: 1000,
  });
  const market = createSampleMarket(1, SYMBOLS, 500);
  const batch = createEventBatch(300);
  writer.addSets([[1], [2], [3]]);
  for (let inputNo = 1; inputNo <= 400; inputNo++) {
    if (inputNo === 1) writer.addSymbols(Array.from({ length: 40 }, (_, i) => `M${i}`));
    if (inputNo === 150) writer.addSymbols(Array.from({ length: SYMBOLS - 40 }, (_, i) => `N${i}`));
    if (inputNo % 20 === 0) {
      const notice = {
        kind: 'gap',
        id: inputNo,
        startUs: endUs,
        endUs: inputNo % 40 === 0 ? endUs : null,
        reason: 'stall',
        framesLost: 0,
      };
      writer.addInput(inputNo, 'feed', endUs, 0, new TextEncoder().encode(JSON.stringify(notice)));
      continue;
    }
    market.fill(batch, 300);
    if (inputNo < 150) for (let i = 0; i < 300; i++) batch.symbol[i] = (batch.symbol[i] as number) % 40;
    endUs = batch.receivedUs;
    writeBatch(writer, inputNo, batch);
  }
  writer.close();
  const { reader, hooks } = tools();
  const files = new ScrubFiles(dataDir, SAMPLE_DAY);
  const indexer = new ScrubIndexer(files, hooks, { everyUs: 30_000_000, everyEvents: 20_000 });
  for (let input = reader.next(); input !== null; input = reader.next()) indexer.take(input, reader.batch);
  reader.close();
});
afterAll(() => fs.rmSync(dataDir, { recursive: true, force: true }));

function watched(us: number): { hash: string; bid: number[] } {
  const { reader, hooks } = tools();
  const view = hooks.makeView();
  reader.seek({ toUs: us });
  for (let input = reader.next(); input !== null; input = reader.next()) applyToView(view, input, reader.batch, hooks);
  view.advance(us);
  reader.close();
  return { hash: String(hashMarket(view)), bid: [...view.columns.bid.subarray(0, view.size)] };
}

describe('market scrub', () => {
  it('SCR1 SCR2 any instant, in any order, equals a watch from the start', () => {
    const { reader, hooks } = tools();
    const scrub = new MarketScrub(new ScrubFiles(dataDir, SAMPLE_DAY), reader, hooks);
    const rng = createRng(6);
    const hashes = new Set<string>();
    for (let k = 0; k < 12; k++) {
      const us = SAMPLE_OPEN_US + rng.below(endUs - SAMPLE_OPEN_US);
      const result = scrub.at(us);
      const expected = watched(us);
      expect(String(hashMarket(result.view)), `instant ${us}`).toBe(expected.hash);
      expect([...result.view.columns.bid.subarray(0, result.view.size)].slice(0, expected.bid.length)).toEqual(
        expected.bid,
      );
      expect(result.eventsReplayed).toBeLessThanOrEqual(20_300);
      hashes.add(expected.hash);
    }
    expect(hashes.size).toBe(12);
    expect(new ScrubFiles(dataDir, SAMPLE_DAY).list().length).toBeGreaterThan(4);
    expect(scrub.at(SAMPLE_OPEN_US - 1).inputNo).toBe(0);
    reader.close();
  });

  it('SCR3 a damaged anchor makes it slower, not wrong', () => {
    const files = new ScrubFiles(dataDir, SAMPLE_DAY);
    const anchors = files.list();
    const us = (anchors.at(-1)?.us ?? 0) + 1_000_000;
    const name = fs.readdirSync(files.folder).at(-1) as string;
    const bytes = fs.readFileSync(path.join(files.folder, name));
    bytes[1000] = (bytes[1000] as number) ^ 4;
    fs.writeFileSync(path.join(files.folder, name), bytes);
    const { reader, hooks } = tools();
    const result = new MarketScrub(files, reader, hooks).at(us);
    expect(String(hashMarket(result.view))).toBe(watched(us).hash);
    expect(result.anchor?.inputNo).toBe(anchors.at(-2)?.inputNo);
    expect(files.damaged).toEqual([name]);
    reader.close();
  });

  it('SCR4 an indexer that was stopped goes on behind its last anchor', () => {
    const { reader, hooks } = tools();
    const indexer = new ScrubIndexer(new ScrubFiles(dataDir, SAMPLE_DAY), hooks);
    const from = indexer.resume();
    expect(from).toBeGreaterThan(100);
    reader.seek({ fromInputNo: from });
    for (let input = reader.next(); input !== null; input = reader.next()) indexer.take(input, reader.batch);
    indexer.view.advance(endUs);
    expect(String(hashMarket(indexer.view))).toBe(watched(endUs).hash);
    reader.close();
  });
});
