/** In the strip of every window that looks back: the instant shown, that orders are live all the same, and the way back. */
import { useCallback, useEffect } from 'react';
import { useStore } from 'zustand';
import { timeText } from '../format/time.ts';
import { useServices } from './services.ts';

export function PastChip() {
  const { link, market, notices } = useServices();
  const pastUs = useStore(market.past);
  const isPast = pastUs !== null;
  const goLive = useCallback(() => {
    link.commands
      .scrub({ atUs: null })
      .catch(() => notices.say('danger', 'The market looked back at is still shown: the engine did not answer.'));
  }, [link, notices]);
  useEffect(() => {
    if (!isPast) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      // The time slider, where there is one, has taken the key.
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      goLive();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [isPast, goLive]);
  if (!isPast) return null;
  return (
    <button
      type="button"
      className="past-chip"
      data-testid="past-chip"
      title={
        'The market’s figures in this window are of this instant. Positions, orders, results, charts and everything that is pressed are live.\nClick or Escape: back to the live market'
      }
      onClick={goLive}
    >
      <b>PAST {timeText(pastUs, 'second')}</b> orders act now
    </button>
  );
}
