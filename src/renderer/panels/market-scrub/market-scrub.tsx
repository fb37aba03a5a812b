/** The time slider under the market: drag it and the whole market is as it was then; Home, Escape or LIVE brings it back. */
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.ts';
import { isTime, timeText } from '../../format/time.ts';
import { dayOf, SECOND_US } from './scrub-day.ts';
import { createScrubAsker } from './scrub-asker.ts';
import './market-scrub.css';

export function MarketScrub() {
  const { link, linkStatus, health, market } = useServices();
  const nowUs = useStore(health, (state) => Math.floor((state.value?.nowUs ?? 0) / SECOND_US) * SECOND_US);
  const isLinked = useStore(linkStatus, (status) => status.state === 'live' || status.state === 'stale');
  /** The instant on screen: what the market itself says, whoever asked for it. */
  const pastUs = useStore(market.past);
  /** The instant asked for; null while live, or not from here. */
  const [at, setAt] = useState<number | null>(null);
  const [problem, setProblem] = useState('');
  const asker = useMemo(
    () =>
      createScrubAsker(
        (ask) => link.commands.scrub(ask),
        () => setProblem(''),
        (message) => {
          // What is on screen did not change, and the handle goes back to it.
          setAt(market.past.getState());
          setProblem(message);
        },
      ),
    [link, market],
  );
  // Somebody else in this window went back to live.
  useEffect(
    () =>
      market.past.subscribe((us) => {
        if (us === null && !asker.isBusy) setAt(null);
      }),
    [market, asker],
  );
  // A new connection begins live.
  useEffect(
    () =>
      linkStatus.subscribe(({ state }) => {
        if (state !== 'live' && state !== 'stale') setAt(null);
      }),
    [linkStatus],
  );

  const go = (us: number): void => {
    setAt(us);
    asker.ask(us);
  };
  const goLive = (): void => {
    setAt(null);
    setProblem('');
    asker.ask(null);
  };
  // While the market shown is an old one, one key brings back the one that trades, wherever the focus is.
  const isPast = pastUs !== null;
  const isAway = isPast || at !== null;
  useEffect(() => {
    if (!isAway) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      setAt(null);
      setProblem('');
      asker.ask(null);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [isAway, asker]);

  if (!isTime(nowUs)) return null;
  const { fromUs, toUs } = dayOf(nowUs);
  const latestUs = Math.min(Math.max(nowUs, fromUs), toUs);
  const valueUs = at ?? pastUs ?? latestUs;
  return (
    <div className="market-scrub" data-testid="scrub" data-past={isPast || undefined}>
      <span className="scrub-end">{timeText(fromUs, 'minute')}</span>
      <input
        type="range"
        aria-label="Market time"
        aria-valuetext={isAway ? timeText(valueUs, 'second') : 'live'}
        title="Drag to see the whole market as it was at any second of today. Home or Escape: live again"
        min={0}
        max={Math.round((toUs - fromUs) / SECOND_US)}
        step={1}
        value={Math.round((valueUs - fromUs) / SECOND_US)}
        disabled={!isLinked}
        onChange={(event) => go(Math.min(latestUs, fromUs + Number(event.target.value) * SECOND_US))}
        onKeyDown={(event) => {
          if (event.key !== 'Home' && !(event.key === 'Escape' && isAway)) return;
          event.preventDefault();
          event.stopPropagation();
          goLive();
        }}
      />
      <span className="scrub-end">{timeText(toUs, 'minute')}</span>
      <output className="scrub-time" data-testid="scrub-time">
        {isPast ? `${timeText(pastUs, 'second')} PAST` : at === null ? timeText(latestUs, 'second') : 'asking …'}
      </output>
      <button type="button" className="scrub-live" data-testid="scrub-live" disabled={!isAway} onClick={goLive}>
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
