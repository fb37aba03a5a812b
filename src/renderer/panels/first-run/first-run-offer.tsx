/** A line under the strip that offers the guide to a newcomer, until it was taken or declined. It covers nothing. */
import { useStore } from 'zustand';
import { useServices } from '../../app/services.ts';
import './first-run.css';

export function FirstRunOffer() {
  const { firstRun, panels } = useServices();
  const isDismissed = useStore(firstRun, (state) => state.isDismissed);
  if (isDismissed) return null;
  const decline = (): void => firstRun.setState({ isDismissed: true });
  return (
    <div className="first-offer" role="region" aria-label="First run" data-testid="first-run-offer">
      <b>New here?</b>
      <span>Ten short steps go from this simulated market to your own keys, and tick themselves off.</span>
      <button
        type="button"
        className="button"
        onClick={() => {
          decline();
          panels.open('first-run');
        }}
      >
        Show me
      </button>
      <button type="button" className="link-button" onClick={decline}>
        No, thanks
      </button>
    </div>
  );
}
