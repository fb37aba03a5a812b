/** First run: the steps from a simulated market to one's own keys; each one notices by itself when it was done. */
import { Check, Compass } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { AccountValue, StrategyView } from '#protocol';
import { useServices } from '../../app/services.ts';
import { useSeenTopic } from '../../parts/seen-topic.ts';
import { withStep } from '../../stores/first-run.ts';
import { Page } from '../page/page.tsx';
import type { PanelDefinition } from '../panel.ts';
import { DONE_BY_LOOKING, FIRST_STEPS, newlyDone, nextStep, type FirstStep } from './first-steps.ts';
import './first-run.css';

export const firstRunPanel: PanelDefinition = {
  kind: 'first-run',
  title: 'First run',
  explain: 'A guide for newcomers: from the simulated market to your own keys, in steps that check themselves',
  icon: Compass,
  component: FirstRunPanel,
  opensBeside: true,
  whileLookingBack: 'timeless',
};

const KILLED = ['flat-confirmed', 'incomplete'];

function FirstRunPanel() {
  const { firstRun } = useServices();
  const state = useStore(firstRun);
  useSteps();
  const next = nextStep(state);
  const done = FIRST_STEPS.filter(({ id }) => state.done.includes(id)).length;
  const [openId, setOpen] = useState<string>();
  return (
    <Page label="First run" testId="first-run">
      <div className="first-head">
        <div>
          <h2>{next ? 'Your first minutes' : 'That was all of it'}</h2>
          <p className="page-note">
            {next
              ? 'Everything here is simulated: nothing can be broken and no money moves. Steps tick themselves off.'
              : 'You have seen every part once. This guide stays in the palette (Ctrl+K, “First run”).'}
          </p>
        </div>
        <span className="first-progress" role="status">
          {done} of {FIRST_STEPS.length}
        </span>
      </div>
      <ol className="first-steps">
        {FIRST_STEPS.map((step) => (
          <Step
            key={step.id}
            step={step}
            isDone={state.done.includes(step.id)}
            isOpen={step === next || step.id === openId}
            onOpen={() => setOpen(step.id)}
          />
        ))}
      </ol>
      <div className="first-foot">
        {done > 0 && (
          <button type="button" className="link-button" onClick={() => firstRun.setState({ done: [] })}>
            Start over
          </button>
        )}
      </div>
    </Page>
  );
}

interface StepProps {
  readonly step: FirstStep;
  readonly isDone: boolean;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

function Step({ step, isDone, isOpen, onOpen }: StepProps) {
  const { panels, firstRun } = useServices();
  const { action } = step;
  const act = (): void => {
    if (!action) return;
    panels.open(action.panel);
    if (DONE_BY_LOOKING.includes(step.id)) firstRun.setState(withStep(firstRun.getState(), step.id));
  };
  return (
    <li className="first-step" data-step={step.id} data-done={isDone || undefined} data-open={isOpen || undefined}>
      <span className="first-mark" role="img" aria-label={isDone ? 'Done' : 'Not done yet'}>
        {isDone && <Check size={12} strokeWidth={3} aria-hidden="true" />}
      </span>
      <div>
        <button type="button" className="first-title" aria-expanded={isOpen} onClick={onOpen}>
          {step.title}
        </button>
        {isOpen && (
          <>
            <p>{step.text}</p>
            {action && (
              <button type="button" className="button" onClick={act}>
                {action.label}
              </button>
            )}
          </>
        )}
      </div>
    </li>
  );
}

/** Watches what happens and ticks steps off. */
function useSteps(): void {
  const { firstRun, health, symbols, trades, closedTrades, watchLists } = useServices();
  const { value } = useStore(health);
  const closed = useStore(closedTrades, (state) => state.trades.length);
  const watched = useStore(watchLists, ({ lists }) => lists.reduce((sum, list) => sum + list.symbols.length, 0));
  const account = useSeenTopic<AccountValue>('account', true);
  const strategies = useSeenTopic<readonly StrategyView[]>('strategies', true);
  const [isSymbolPicked, setSymbolPicked] = useState(() => symbols.current !== undefined);
  const [isTradePicked, setTradePicked] = useState(() => trades.current !== undefined);
  useEffect(() => symbols.follow(() => setSymbolPicked(true)), [symbols]);
  useEffect(() => trades.follow(() => setTradePicked(true)), [trades]);
  useEffect(() => closedTrades.watch(), [closedTrades]);
  const facts = useMemo(
    () => ({
      health: value,
      account,
      strategies,
      isSymbolPicked,
      isTradePicked,
      closedTrades: closed,
      watched,
      wasKilled: KILLED.includes(account?.killState ?? ''),
    }),
    [value, account, strategies, isSymbolPicked, isTradePicked, closed, watched],
  );
  useEffect(() => {
    let state = firstRun.getState();
    const found = newlyDone(state, facts);
    if (found.length === 0) return;
    for (const id of found) state = withStep(state, id);
    firstRun.setState(state);
  }, [facts, firstRun]);
}
