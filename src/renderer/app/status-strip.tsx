/** The thin strip that every window carries: is it paper or live, what time is it, is it alive, how is it doing. */
import { Moon, Sun } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { HealthValue } from '#protocol';
import { bytesText, countText, latencyText, NONE } from '../format/number.ts';
import { durationText, isTime, timeExplained, timeText } from '../format/time.ts';
import type { LinkStatus } from '../link/engine-link.ts';
import { chooseTheme, shownTheme } from '../theme/apply-theme.ts';
import { DeskStrip } from './desk-strip.tsx';
import { describeLink } from './link-words.ts';
import { PastChip } from './past-chip.tsx';
import { useServices } from './services.ts';

const CLOCK_EVERY_MS = 125;

interface StatusStripProps {
  readonly onPalette: () => void;
  /** Opens a panel: a click on a figure leads to the page behind it. */
  readonly onPanel: (kind: string) => void;
}

export function StatusStrip({ onPalette, onPanel }: StatusStripProps) {
  const { health, linkStatus, settings } = useServices();
  const { value } = useStore(health);
  const link = useStore(linkStatus);
  const isLive = value?.broker.isLive ?? link.engine?.isLive ?? false;
  const account = value?.broker.account ?? link.engine?.account ?? '';
  return (
    <header className="status-strip" data-testid="status-bar" data-link={link.state}>
      <button type="button" className="wordmark" onClick={onPalette} title="Commands and symbols (Ctrl+K)">
        Drover
      </button>
      <span
        className="mode-badge"
        data-mode={isLive ? 'live' : 'paper'}
        data-testid="status-mode"
        title={
          isLive
            ? 'Orders go to the broker with real money.'
            : 'Orders are filled by a simulated broker. No real money moves.'
        }
      >
        {isLive ? 'LIVE' : 'PAPER'}
        {account !== '' && <span className="mode-account">{account}</span>}
      </span>
      <Connection link={link} />
      <PastChip />
      {/* What does not fit is cut off here: the result, AUTO and KILL are always seen. */}
      <div className="strip-engine">
        {value && <SessionFigures value={value} />}
        {value && <EngineFigures value={value} />}
      </div>
      <DeskStrip onPanel={onPanel} />
      <button
        type="button"
        className="icon-button"
        data-testid="theme-toggle"
        aria-label="Switch between dark and light"
        title="Dark or light"
        onClick={() => chooseTheme(settings, shownTheme() === 'dark' ? 'light' : 'dark')}
      >
        <Sun className="only-dark" size={14} aria-hidden="true" />
        <Moon className="only-light" size={14} aria-hidden="true" />
      </button>
    </header>
  );
}

function Connection({ link }: { readonly link: LinkStatus }) {
  return (
    <span className="figure-cell connection" data-state={link.state} title={describeLink(link).explain}>
      <span className="lamp" aria-hidden="true" />
      <span data-testid="status-connection">{link.state}</span>
      {link.state === 'stale' && <Age sinceMs={link.lastFrameMs} />}
    </span>
  );
}

/** Seconds since, counted up in place. */
export function Age({ sinceMs }: { readonly sinceMs: number }) {
  const host = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const write = (): void => {
      if (host.current) host.current.textContent = durationText((Date.now() - sinceMs) * 1000);
    };
    write();
    const timer = setInterval(write, 200);
    return () => clearInterval(timer);
  }, [sinceMs]);
  return <span ref={host} className="age" />;
}

const PHASE_WORDS = {
  closed: { label: 'CLOSED', until: 'to open', explain: 'The market is closed.' },
  pre: { label: 'PRE', until: 'to open', explain: 'Pre-market: 04:00 to 09:30 New York time.' },
  regular: {
    label: 'REGULAR',
    until: 'to close',
    explain: 'Regular session: 09:30 to 16:00 New York time, 13:00 on half days.',
  },
  post: { label: 'POST', until: 'to end', explain: 'Post-market: 16:00 to 20:00 New York time.' },
  overnight: { label: 'OVERNIGHT', until: 'to pre-market', explain: 'Overnight session.' },
} as const;

/** What an engine without a market time is at; a session phase would be a guess. */
const WAITING_WORDS = {
  starting: { label: 'STARTING', explain: 'The engine starts.' },
  recovering: {
    label: 'READING THE DAY',
    explain: 'The engine reads what it recorded before it was started; the market goes on after that.',
  },
  reconciling: { label: 'RECONCILING', explain: 'The engine compares its account with the broker’s.' },
  running: { label: 'WAITING FOR THE MARKET', explain: 'The feed has sent nothing yet.' },
  stopping: { label: 'STOPPING', explain: 'The engine stops.' },
} as const;

function SessionFigures({ value }: { readonly value: HealthValue }) {
  if (!isTime(value.nowUs)) {
    const waiting = WAITING_WORDS[value.engineState];
    return (
      <span className="figure-cell session">
        <b className="phase" data-phase="none" title={waiting.explain}>
          {waiting.label}
        </b>
        <Clock />
      </span>
    );
  }
  const phase = PHASE_WORDS[value.phase];
  const left = value.phaseEndsUs === null ? '' : `${durationText(value.phaseEndsUs - value.nowUs)} ${phase.until}`;
  return (
    <span className="figure-cell session">
      <b className="phase" data-phase={value.phase} title={phase.explain}>
        {phase.label}
      </b>
      <Clock />
      {left !== '' && (
        <span className="quiet time-left" title="Time left of this session phase">
          {left}
        </span>
      )}
    </span>
  );
}

/** The engine's time, carried on between its reports; written in place, so that eight changes a second cost nothing. */
function Clock() {
  const { health } = useServices();
  const host = useRef<HTMLTimeElement>(null);
  useEffect(() => {
    const write = (): void => {
      const { value, receivedMs } = health.getState();
      const element = host.current;
      if (!element || !value) return;
      // A stopped engine's clock must stand still rather than pretend.
      const sinceMs = Math.min(1_500, Date.now() - receivedMs);
      element.textContent = isTime(value.nowUs) ? `${timeText(value.nowUs + sinceMs * 1000)} ET` : '– ET';
      element.title = timeExplained(value.nowUs);
    };
    write();
    const timer = setInterval(write, CLOCK_EVERY_MS);
    return () => clearInterval(timer);
  }, [health]);
  return <time ref={host} className="clock" />;
}

function EngineFigures({ value }: { readonly value: HealthValue }) {
  const { feed, kernel, memory } = value;
  const feedState = feed.alarm || `${feed.name}: ${feed.state}`;
  const feedTip = `Market events taken in a second.\n${feedState}\n${countText(feed.eventsTotal)} since start, ${countText(feed.dropped)} dropped, ${countText(feed.gaps)} gaps, ${countText(feed.badEvents)} unreadable`;
  return (
    <>
      <Figure
        label="feed"
        className="feed-rate"
        isAlarm={feed.alarm !== '' || feed.openGap || feed.dropped > 0}
        title={feedTip}
      >
        <span data-testid="status-feed-rate">{countText(feed.eventsPerSecond)}</span>
        <i>/s</i>
      </Figure>
      <Figure
        label="lag"
        className="lag"
        title={`Time from the vendor's stamp to ours, average of the last second. Longest: ${latencyText(feed.lagMaxMs * 1000)}.`}
      >
        {latencyText(feed.lagMs * 1000)}
      </Figure>
      <Figure
        label="kernel"
        className="load"
        title={`Share of the time the engine's kernel is busy.\n${countText(kernel.inputNo)} inputs so far, ${countText(kernel.queue)} waiting`}
      >
        {Math.round(kernel.load * 100)}
        <i> %</i>
      </Figure>
      <Figure
        label="lane p99"
        className="lane"
        title={`Order lane: 99 of 100 orders waited less than this in the engine. Middle: ${latencyText(kernel.laneP50Us)}.`}
      >
        {kernel.laneP99Us > 0 ? latencyText(kernel.laneP99Us) : NONE}
      </Figure>
      <Figure
        label="mem"
        className="memory"
        title={`Memory of the engine process. JavaScript heap: ${bytesText(memory.heapBytes)}.`}
      >
        {bytesText(memory.rssBytes)}
      </Figure>
    </>
  );
}

interface FigureProps {
  readonly label: string;
  readonly className: string;
  readonly title: string;
  readonly isAlarm?: boolean;
  readonly children: React.ReactNode;
}

function Figure({ label, className, title, isAlarm, children }: FigureProps) {
  return (
    <span className={`figure-cell ${className}`} title={title} data-alarm={isAlarm || undefined}>
      <span className="quiet">{label}</span>
      <span className="figure-value">{children}</span>
    </span>
  );
}
