/** The trading part of the strip: the day's result, what is open, risk used, the AUTO switch and the kill switch. */
import { OctagonX } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AccountValue } from '#protocol';
import { HALF_CENT, amountText, resultText, toneOf } from '../format/money.ts';
import { useDeskActions } from '../parts/use-desk-actions.ts';
import { useSeenTopic } from '../parts/seen-topic.ts';
import { KillOverlay } from './kill-overlay.tsx';

/** The second press has to come within this. */
const ARMED_MS = 3_000;

interface DeskStripProps {
  /** Opens a panel: a click on a figure leads to the page behind it. */
  readonly onPanel: (kind: string) => void;
}

export function DeskStrip({ onPanel }: DeskStripProps) {
  const account = useSeenTopic<AccountValue>('account', true);
  return (
    <>
      {account && <DeskFigures account={account} onPanel={onPanel} />}
      <AutoToggle isOn={account?.isAuto} isKilled={account !== undefined && account.killState !== 'off'} />
      <KillButton killState={account?.killState ?? 'off'} />
    </>
  );
}

function DeskFigures({ account, onPanel }: { readonly account: AccountValue } & DeskStripProps) {
  const { dayPnlNet, realised, unrealised, costs, openPositions, openPositionsMax, riskUsed, exposure } = account;
  const risk = Math.round(riskUsed * 100);
  return (
    <>
      <button
        type="button"
        className="figure-cell strip-figure day-pnl"
        title={`Result of the day in dollars, net of ${amountText(costs)} commissions and fees.\nClosed ${resultText(realised)}, open at the bid ${resultText(unrealised)}.`}
        onClick={() => onPanel('day-stats')}
      >
        <span className="quiet">day</span>
        <b className="figure figure-value" data-testid="strip-day-pnl" data-tone={toneOf(dayPnlNet, HALF_CENT)}>
          {resultText(dayPnlNet)}
        </b>
      </button>
      <button
        type="button"
        className="figure-cell strip-figure open-count"
        title={`Open positions, and the most that are allowed. Exposure ${amountText(exposure)} dollars.`}
        data-alarm={openPositions >= openPositionsMax || undefined}
        onClick={() => onPanel('positions')}
      >
        <span className="quiet">open</span>
        <span className="figure figure-value" data-testid="strip-open">
          {openPositions}
          <i>/{openPositionsMax}</i>
        </span>
      </button>
      <button
        type="button"
        className="figure-cell strip-figure risk-used"
        title="The most used of all risk limits: open positions, exposure, loss of the day."
        data-alarm={riskUsed >= 0.9 || undefined}
        onClick={() => onPanel('risk')}
      >
        <span className="quiet">risk</span>
        <span className="figure figure-value">
          {risk}
          <i> %</i>
        </span>
      </button>
    </>
  );
}

function AutoToggle({ isOn, isKilled }: { readonly isOn: boolean | undefined; readonly isKilled: boolean }) {
  const actions = useDeskActions();
  const [isSent, setSent] = useState(false);
  const act = async (): Promise<void> => {
    setSent(true);
    await actions.setAuto(isOn !== true);
    setSent(false);
  };
  return (
    <button
      type="button"
      className="auto-toggle"
      role="switch"
      aria-checked={isOn === true}
      aria-label="Auto trading"
      data-testid="auto-toggle"
      data-on={isOn || undefined}
      disabled={isOn === undefined || isSent || (isKilled && isOn !== true)}
      title={
        isKilled
          ? 'The kill switch is on: nothing is bought until trading is resumed.'
          : isOn === true
            ? 'Strategies may open positions by themselves. Press to stop new entries; exits of open positions always run.'
            : 'Strategies watch but open nothing. Press to let enabled strategies trade.'
      }
      onClick={() => void act()}
    >
      <span>AUTO</span>
      <b>{isOn === undefined ? '–' : isOn ? 'ON' : 'OFF'}</b>
    </button>
  );
}

function KillButton({ killState }: { readonly killState: string }) {
  const actions = useDeskActions();
  const [isArmed, setArmed] = useState(false);
  const [isShown, setShown] = useState(false);
  const isOn = killState !== 'off';
  const wasOn = useRef(isOn);
  useEffect(() => {
    // Thrown here or in another window: every window shows it once.
    if (isOn && !wasOn.current) setShown(true);
    wasOn.current = isOn;
  }, [isOn]);
  useEffect(() => {
    if (!isArmed) return;
    const timer = setTimeout(() => setArmed(false), ARMED_MS);
    return () => clearTimeout(timer);
  }, [isArmed]);
  const press = useCallback(() => {
    if (isOn) return setShown(true);
    if (!isArmed) return setArmed(true);
    setArmed(false);
    setShown(true);
    void actions.kill();
  }, [actions, isArmed, isOn]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setArmed(false);
      if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      event.stopPropagation();
      // A key held down is one press.
      if (!event.repeat) press();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [press]);
  return (
    <>
      <button
        type="button"
        className="kill-button"
        data-testid="kill"
        data-armed={isArmed || undefined}
        data-on={isOn || undefined}
        title="Cancel every order, sell everything, verify with the broker (Ctrl+Shift+K, twice)"
        onClick={press}
      >
        <OctagonX size={13} aria-hidden="true" />
        <span role="status">
          {isOn ? (killState === 'flat-confirmed' ? 'FLAT' : 'KILLING') : isArmed ? 'AGAIN' : 'KILL'}
        </span>
      </button>
      {isShown && <KillOverlay onClose={() => setShown(false)} />}
    </>
  );
}
