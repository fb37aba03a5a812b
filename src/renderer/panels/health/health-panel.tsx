/** Health: is the feed whole, is the engine quick, is the disk well, and what does it mean for what is open. */
import { HeartPulse } from 'lucide-react';
import { useRef } from 'react';
import { useStore } from 'zustand';
import type { AccountValue, GapView, HealthDetail, HealthValue } from '#protocol';
import { useServices } from '../../app/services.ts';
import { bytesText, compactText, countText, fixedText, latencyText, NONE } from '../../format/number.ts';
import { dateText, durationText, timeExplained, timeText } from '../../format/time.ts';
import { useOnScreen, useSeenTopic } from '../../parts/seen-topic.ts';
import { Fact, Page, PageAlarm, Section } from '../page/page.tsx';
import type { PanelDefinition } from '../panel.ts';
import { gapTotalUs, gapWords, hourShare, stripGaps, stripShare } from './day-strip.ts';
import { healthAlarms, isRealTime, isWatched, positionsMeaning } from './health-words.ts';
import { Sparkline } from './sparkline.tsx';
import './health.css';

export const healthPanel: PanelDefinition = {
  kind: 'health',
  title: 'Health',
  explain: 'Feed, lag, gaps, kernel, order lane, memory, disk and broker, and what trouble means for open positions',
  icon: HeartPulse,
  component: HealthPanel,
};

function HealthPanel() {
  const { health, healthHistory } = useServices();
  const { value } = useStore(health);
  const host = useRef<HTMLElement>(null);
  const isOnScreen = useOnScreen(host);
  const account = useSeenTopic<AccountValue>('account', isOnScreen);
  if (!value || !isOnScreen)
    return (
      <Page label="Health" testId="health-page" host={host}>
        {!value && <p className="page-lead">Waiting for the engine’s first report. It comes five times a second.</p>}
      </Page>
    );
  const alarms = healthAlarms(value);
  const open = account?.openPositions ?? 0;
  const samples = healthHistory.read();
  return (
    <Page label="Health" testId="health-page" host={host}>
      {alarms.length === 0 ? (
        <PageAlarm tone="good" title="All well" text={positionsMeaning(value, open)} />
      ) : (
        <>
          {alarms.map((alarm) => (
            <PageAlarm key={alarm.title} {...alarm} />
          ))}
          <PageAlarm
            tone={isWatched(value) ? 'good' : 'danger'}
            title="What this means for open positions"
            text={positionsMeaning(value, open)}
          />
        </>
      )}
      <Section title="Gaps of the day" about="04:00 to 20:00 New York time" isWide>
        <DayStrip value={value} />
      </Section>
      <div className="page-columns health-columns">
        <FeedSection value={value} rates={samples.map(({ eventsPerSecond }) => eventsPerSecond)} />
        <KernelSection value={value} loads={samples.map(({ load }) => load)} />
        <MemorySection value={value} sizes={samples.map(({ rssBytes }) => rssBytes)} />
        <DiskSection detail={value.detail} nowUs={value.nowUs} />
        <BrokerSection value={value} />
      </div>
    </Page>
  );
}

const HOURS = [4, 6, 8, 9.5, 12, 14, 16, 18, 20];

function DayStrip({ value }: { readonly value: HealthValue }) {
  const { nowUs } = value;
  const gaps = value.detail?.gaps ?? [];
  const now = Math.min(1, Math.max(0, stripShare(nowUs, nowUs)));
  const left = (share: number): string => `${(share * 100).toFixed(3)}%`;
  const summary =
    gaps.length === 0
      ? `No gap on ${dateText(nowUs)}: nothing of the market was missed since the engine started.`
      : `${countText(gaps.length)} ${gaps.length === 1 ? 'gap' : 'gaps'}, ${lengthText(gapTotalUs(gaps, nowUs))} in all.`;
  return (
    <>
      <div className="day-strip" role="img" aria-label={summary}>
        <span className="strip-phase" data-phase="pre" style={{ left: 0, width: left(hourShare(9.5)) }} />
        <span
          className="strip-phase"
          data-phase="regular"
          style={{ left: left(hourShare(9.5)), width: left(hourShare(16) - hourShare(9.5)) }}
        />
        <span className="strip-phase" data-phase="post" style={{ left: left(hourShare(16)), right: 0 }} />
        {stripGaps(gaps, nowUs).map(({ from, to, gap }) => (
          <span
            key={gap.startUs}
            className="strip-gap"
            data-open={gap.endUs === null || undefined}
            title={gapTitle(gap, nowUs)}
            style={{ left: left(from), width: left(to - from) }}
          />
        ))}
        <span className="strip-now" style={{ left: left(now) }} title={`Now: ${timeExplained(nowUs)}`} />
      </div>
      <div className="strip-hours" aria-hidden="true">
        {HOURS.map((hour) => (
          <span key={hour} style={{ left: left(hourShare(hour)) }}>
            {`${String(Math.floor(hour)).padStart(2, '0')}:${hour % 1 === 0 ? '00' : '30'}`}
          </span>
        ))}
      </div>
      <p className="page-note">{summary}</p>
      {gaps.length > 0 && <GapTable gaps={gaps} nowUs={nowUs} />}
    </>
  );
}

const gapTitle = (gap: GapView, nowUs: number): string =>
  `${timeText(gap.startUs)} to ${gap.endUs === null ? 'now' : timeText(gap.endUs)}, ${lengthText((gap.endUs ?? nowUs) - gap.startUs)}: ${gapWords(gap.reason)}`;

const GAPS_SHOWN = 12;
const SECOND_US = 1_000_000;

const lengthText = (us: number): string => (us < SECOND_US ? latencyText(us) : durationText(us));

function GapTable({ gaps, nowUs }: { readonly gaps: readonly GapView[]; readonly nowUs: number }) {
  return (
    <table className="plain-table gap-table">
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">To</th>
          <th scope="col" className="n">
            Length
          </th>
          <th
            scope="col"
            className="n"
            title="Frames we had and could not keep; what the vendor never sent is not counted"
          >
            Frames lost
          </th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {gaps
          .slice(-GAPS_SHOWN)
          .toReversed()
          .map((gap) => (
            <tr key={gap.startUs}>
              <td title={timeExplained(gap.startUs)}>{timeText(gap.startUs)}</td>
              <td>{gap.endUs === null ? <b data-tone="down">still open</b> : timeText(gap.endUs)}</td>
              <td className="n">{lengthText((gap.endUs ?? nowUs) - gap.startUs)}</td>
              <td className="n">{gap.framesLost === 0 ? NONE : countText(gap.framesLost)}</td>
              <td>{gapWords(gap.reason)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

function FeedSection({ value, rates }: { readonly value: HealthValue; readonly rates: readonly number[] }) {
  const { feed, detail } = value;
  const lag = detail?.lag;
  return (
    <Section title="Feed" about={`${feed.name}, ${feed.state}`}>
      <Sparkline label="Market events a second" values={rates} text={(v) => `${countText(v)}/s`} />
      <dl className="page-facts">
        <Fact
          name="Events"
          explain="Trades, quotes and halt messages taken in, a second, smoothed over a second."
          note={`${compactText(feed.eventsTotal)} since start`}
        >
          {countText(feed.eventsPerSecond)}/s
        </Fact>
        <Fact
          name="Lag p50 / p99 / max"
          explain="Time from the exchange’s stamp to ours, over the last ten seconds: half of the batches were quicker than the first figure, 99 of 100 quicker than the second."
          note="last 10 s"
        >
          {lag ? `${latencyText(lag.p50Us)} / ${latencyText(lag.p99Us)} / ${latencyText(lag.maxUs)}` : NONE}
        </Fact>
        <Fact
          name="Ring used"
          explain="How full the ring between socket and kernel is. Above a half the kernel is behind."
          tone={isRealTime(feed.name) && feed.ringUsed > 0.5 ? 'warn' : undefined}
          note={isRealTime(feed.name) ? undefined : 'a simulation waits while it is full'}
        >
          {fixedText(feed.ringUsed * 100, 1)} %
        </Fact>
        <Fact
          name="Frames lost"
          explain="Frames that found the ring full. Each loss is recorded as a gap."
          tone={feed.dropped > 0 ? 'danger' : undefined}
        >
          {countText(feed.dropped)}
        </Fact>
        <Fact
          name="Unreadable"
          explain="Events the vendor sent that make no sense; counted, shown and left out."
          tone={feed.badEvents > 0 ? 'warn' : undefined}
        >
          {countText(feed.badEvents)}
        </Fact>
        <Fact name="Symbols" explain="Symbols seen today.">
          {countText(value.symbols)}
        </Fact>
      </dl>
    </Section>
  );
}

function KernelSection({ value, loads }: { readonly value: HealthValue; readonly loads: readonly number[] }) {
  const { kernel } = value;
  return (
    <Section title="Kernel and order lane">
      <Sparkline label="Kernel load" values={loads} text={(v) => `${fixedText(v * 100, 0)} %`} />
      <dl className="page-facts">
        <Fact
          name="Load"
          explain="Share of the time the kernel thread works instead of waiting for input."
          tone={isRealTime(value.feed.name) && kernel.load > 0.85 ? 'warn' : undefined}
        >
          {fixedText(kernel.load * 100, 0)} %
        </Fact>
        <Fact
          name="Order lane p50 / p99"
          explain="Time an order waits in the engine, from the decision until it may leave: the decision has to be on disk first."
          note={kernel.laneP99Us > 0 ? 'decision to durable' : 'no order yet'}
        >
          {kernel.laneP99Us > 0 ? `${latencyText(kernel.laneP50Us)} / ${latencyText(kernel.laneP99Us)}` : NONE}
        </Fact>
        <Fact
          name="Inputs"
          explain="Numbered inputs of the day: market frames, broker events, timers, commands. Replaying them gives the same decisions."
        >
          {countText(kernel.inputNo)}
        </Fact>
        <Fact name="Windows" explain="Windows and browser pages that are connected to this engine now.">
          {countText(value.clients)}
        </Fact>
      </dl>
    </Section>
  );
}

function MemorySection({ value, sizes }: { readonly value: HealthValue; readonly sizes: readonly number[] }) {
  const gc = value.detail?.gc;
  return (
    <Section title="Memory">
      <Sparkline label="Memory" values={sizes} text={bytesText} />
      <dl className="page-facts">
        <Fact
          name="Process"
          explain="Memory of the engine process with all its threads, ring and market view included."
        >
          {bytesText(value.memory.rssBytes)}
        </Fact>
        <Fact name="Kernel heap" explain="JavaScript objects of the kernel thread.">
          {bytesText(value.memory.heapBytes)}
        </Fact>
        <Fact
          name="GC, last minute"
          explain="Time the kernel thread stood still to collect garbage in the last minute."
          note={gc && `${countText(gc.pauses)} pauses since start, longest ${latencyText(gc.maxMs * 1_000)}`}
        >
          {gc ? latencyText(gc.lastMinuteMs * 1_000) : NONE}
        </Fact>
      </dl>
    </Section>
  );
}

function DiskSection({ detail, nowUs }: { readonly detail: HealthDetail | undefined; readonly nowUs: number }) {
  const store = detail?.store;
  const checkpoint = detail?.checkpoint;
  const perEvent =
    store && store.tapeEvents > 0 ? `${fixedText(store.tapeBytes / store.tapeEvents, 1)} bytes an event` : undefined;
  return (
    <Section title="Disk and recovery">
      <dl className="page-facts">
        <Fact
          name="Free"
          explain="Free space of the disk the data folder is on."
          tone={store?.freeBytes != null && store.freeBytes < 5e9 ? 'warn' : undefined}
        >
          {store?.freeBytes == null ? NONE : bytesText(store.freeBytes)}
        </Fact>
        <Fact
          name="Tape"
          explain="The day’s raw market input as it is kept on disk."
          note={perEvent}
          tone={store && store.tape !== 'ok' ? 'danger' : undefined}
        >
          {store ? `${bytesText(store.tapeBytes)}, ${store.tape}` : NONE}
        </Fact>
        <Fact
          name="Journal"
          explain="Decisions, orders, fills and commands. Records that are decided together are made durable by one commit."
          note={
            store && store.commits > 0 ? `${fixedText(store.records / store.commits, 1)} records a commit` : undefined
          }
          tone={store && store.journal !== 'ok' ? 'danger' : undefined}
        >
          {store ? `${countText(store.commits)} commits, ${store.journal}` : NONE}
        </Fact>
        <Fact
          name="Checkpoint"
          explain="The engine’s whole state on disk, taken every minute. After a crash, only what came later is replayed."
          note={
            checkpoint && checkpoint.pauseMs > 0
              ? `paused the kernel ${latencyText(checkpoint.pauseMs * 1_000)}, at most ${latencyText(checkpoint.pauseMaxMs * 1_000)}`
              : undefined
          }
        >
          {checkpoint?.atUs == null ? 'none yet' : `${durationText(nowUs - checkpoint.atUs)} old`}
        </Fact>
      </dl>
    </Section>
  );
}

function BrokerSection({ value }: { readonly value: HealthValue }) {
  const { broker } = value;
  return (
    <Section title="Broker">
      <dl className="page-facts">
        <Fact
          name="Link"
          explain="ready: orders can be sent. reconciling: comparing with the broker first. disconnected: nothing can be sent."
          tone={broker.state === 'ready' ? undefined : 'danger'}
        >
          {broker.state}
        </Fact>
        <Fact name="Money" explain="Paper: orders are filled by a simulated broker. Live: real money.">
          {broker.isLive ? 'LIVE' : 'Paper'}
        </Fact>
        <Fact name="Broker" explain="As the engine was started with.">
          {broker.name}
        </Fact>
        <Fact name="Account" explain="The account orders go to.">
          {broker.account === '' ? NONE : broker.account}
        </Fact>
      </dl>
    </Section>
  );
}
