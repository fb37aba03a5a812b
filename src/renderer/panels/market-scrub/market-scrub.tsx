/** The time slider under the market: drag it and the whole market is as it was then; Home, Escape or LIVE brings it back. */
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.ts';
import { isTime, timeText } from '../../format/time.ts';
import { dayOf, SECOND_US } from './scrub-day.ts';
import { createScrubAsker } from './scrub-asker.ts';
import './market-scrub.css';

interface ScrubView {
  /** Where the handle stands; null while live. */
  readonly at: number | null;
  /** The instant on screen, by the engine's word. */
  readonly shown: number | null;
}
const LIVE: ScrubView = { at: null, shown: null };

export function MarketScrub() {
  const { link, linkStatus, health } = useServices();
  const nowUs = useStore(health, (state) => Math.floor((state.value?.nowUs ?? 0) / SECOND_US) * SECOND_US);
  const isLinked = useStore(linkStatus, (status) => status.state === 'live' || status.state === 'stale');
  const [{ at, shown }, setView] = useState(LIVE);
  const [problem, setProblem] = useState('');
  const asker = useMemo(
    () =>
      createScrubAsker(
        (ask) => link.commands.scrub(ask),
        (answer) => {
          setView((view) => ({ ...view, shown: answer.atUs }));
          setProblem('');
        },
        (message) => {
          // What is on screen did not change: it must not be called past when it is live.
          setView((view) => ({ ...view, at: view.shown }));
          setProblem(message);
        },
      ),
    [link],
  );
  // A new connection begins live.
  useEffect(
    () =>
      linkStatus.subscribe(({ state }) => {
        if (state !== 'live' && state !== 'stale') setView(LIVE);
      }),
    [linkStatus],
  );

  const go = (us: number): void => {
    setView((view) => ({ ...view, at: us }));
    asker.ask(us);
  };
  const goLive = (): void => {
    setView((view) => ({ ...view, at: null }));
    setProblem('');
    asker.ask(null);
  };
  // While the market shown is an old one, one key brings back the one that trades, wherever the focus is.
  const isPast = at !== null;
  useEffect(() => {
    if (!isPast) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      setView((view) => ({ ...view, at: null }));
      setProblem('');
      asker.ask(null);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [isPast, asker]);

  if (!isTime(nowUs)) return null;
  const { fromUs, toUs } = dayOf(nowUs);
  const latestUs = Math.min(Math.max(nowUs, fromUs), toUs);
  const valueUs = at ?? latestUs;
  return (
    <div className="market-scrub" data-testid="scrub" data-past={isPast || undefined}>
      <span className="scrub-end">{timeText(fromUs, 'minute')}</span>
      <input
        type="range"
        aria-label="Market time"
        aria-valuetext={at === null ? 'live' : timeText(at, 'second')}
        title="Drag to see the whole market as it was at any second of today. Home or Escape: live again"
        min={0}
        max={Math.round((toUs - fromUs) / SECOND_US)}
        step={1}
        value={Math.round((valueUs - fromUs) / SECOND_US)}
        disabled={!isLinked}
        onChange={(event) => go(Math.min(latestUs, fromUs + Number(event.target.value) * SECOND_US))}
        onKeyDown={(event) => {
          if (event.key !== 'Home' && !(event.key === 'Escape' && at !== null)) return;
          event.preventDefault();
          event.stopPropagation();
          goLive();
        }}
      />
      <span className="scrub-end">{timeText(toUs, 'minute')}</span>
      <output className="scrub-time" data-testid="scrub-time">
        {at === null ? timeText(latestUs, 'second') : `${timeText(shown ?? at, 'second')} PAST`}
      </output>
      <button type="button" className="scrub-live" data-testid="scrub-live" disabled={at === null} onClick={goLive}>
        LIVE
      </button>
      {problem !== '' && (
        <span className="scrub-problem" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
