/** Strategies: which ones trade, which only watch, how each is doing, and the parameters of the one that is picked. */
import { FlaskConical } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ClosedTrade, StrategyView } from '#protocol';
import { useServices } from '../../app/services.ts';
import { HALF_CENT, resultText, toneOf } from '../../format/money.ts';
import { compactText, countText } from '../../format/number.ts';
import { useOnScreen, useSeenTopic } from '../../parts/seen-topic.ts';
import { Page, PageAlarm, refusalText } from '../page/page.tsx';
import type { PanelDefinition } from '../panel.ts';
import { compareBooks, type Comparison } from './shadow-comparison.ts';
import { StrategyDetail } from './strategy-detail.tsx';
import './strategies.css';

export const strategiesPanel: PanelDefinition = {
  kind: 'strategies',
  title: 'Strategies',
  explain: 'Which strategies trade, watch in shadow or are off; their parameters, faults and results',
  icon: FlaskConical,
  component: StrategiesPanel,
};

type Mode = StrategyView['mode'];

const MODES: readonly { readonly mode: Mode; readonly label: string; readonly explain: string }[] = [
  { mode: 'enabled', label: 'On', explain: 'Buys and sells, as long as auto trading is on' },
  { mode: 'shadow', label: 'Shadow', explain: 'Decides and is recorded as if it traded; no order is sent' },
  { mode: 'off', label: 'Off', explain: 'Opens nothing; trades that are open keep their exits' },
];

function StrategiesPanel() {
  const host = useRef<HTMLElement>(null);
  const isOnScreen = useOnScreen(host);
  const strategies = useSeenTopic<readonly StrategyView[]>('strategies', isOnScreen);
  const trades = useClosedTrades(isOnScreen);
  const [pickedName, setPicked] = useState<string>();
  const picked = strategies?.find(({ name }) => name === pickedName) ?? strategies?.[0];
  return (
    <Page label="Strategies" testId="strategies-page" host={host}>
      {strategies === undefined && <p className="page-lead">Waiting for the engine to say which strategies it has.</p>}
      {strategies?.length === 0 && (
        <div className="empty">
          <h2>No strategies</h2>
          <p>
            A strategy is a TypeScript file in the folder “strategies” of the data folder. Put one there and it appears
            here, in shadow, without restarting anything.
          </p>
        </div>
      )}
      {strategies !== undefined && strategies.length > 0 && (
        <div className="strategies">
          <div className="strategy-list" role="list" aria-label="All strategies">
            {strategies.map((strategy) => (
              <StrategyRow
                key={strategy.name}
                strategy={strategy}
                books={compareBooks(trades ?? [], strategy.name)}
                isPicked={strategy === picked}
                onPick={() => setPicked(strategy.name)}
              />
            ))}
          </div>
          {picked && <StrategyDetail key={picked.name} strategy={picked} trades={trades} />}
        </div>
      )}
    </Page>
  );
}

/** Closed trades of the day while somebody looks; undefined until they came once. */
function useClosedTrades(isWanted: boolean): readonly ClosedTrade[] | undefined {
  const { closedTrades } = useServices();
  useEffect(() => (isWanted ? closedTrades.watch() : undefined), [isWanted, closedTrades]);
  const { trades, isWhole } = useStore(closedTrades);
  return isWhole ? trades : undefined;
}

interface StrategyRowProps {
  readonly strategy: StrategyView;
  readonly books: Comparison;
  readonly isPicked: boolean;
  readonly onPick: () => void;
}

function StrategyRow({ strategy, books, isPicked, onPick }: StrategyRowProps) {
  const { real, shadow } = books;
  const state = strategy.fault === '' ? strategy.mode : 'fault';
  return (
    <div
      className="strategy-row"
      role="listitem"
      data-testid="strategy-row"
      data-strategy={strategy.name}
      data-mode={state}
      data-picked={isPicked || undefined}
    >
      <button type="button" className="strategy-name" aria-pressed={isPicked} onClick={onPick}>
        <b>{strategy.name}</b>
        <span className="quiet" title={`Version ${strategy.version}, ${strategy.source}`}>
          {strategy.version.slice(0, 8)} {sourceWords(strategy)}
        </span>
      </button>
      <ModeSwitch strategy={strategy} />
      <dl className="strategy-figures">
        <Small name="judged" explain="Evaluations: how often its rules were judged for a symbol today.">
          {compactText(strategy.evaluations)}
        </Small>
        <Small name="signals" explain="How often every rule passed at once.">
          {countText(strategy.signals)}
        </Small>
        <Small name="trades" explain="Closed trades of today that moved money, and those of the shadow.">
          {countText(real.trades)}
          {shadow.trades > 0 && <i> +{countText(shadow.trades)} shadow</i>}
        </Small>
        <Small
          name="net"
          explain="Result of its real closed trades after all costs, in dollars. Shadow trades do not count."
        >
          <span data-tone={toneOf(real.net, HALF_CENT)}>{resultText(real.net)}</span>
        </Small>
        <Small name="open" explain="Positions it holds now, shadow ones included.">
          {countText(strategy.openPositions)}
        </Small>
      </dl>
      {strategy.fault !== '' && <p className="strategy-fault">{strategy.fault}</p>}
    </div>
  );
}

function sourceWords({ source, triedFor }: StrategyView): string {
  if (triedFor !== '') return 'next version';
  return source === 'user' ? 'yours' : 'built in';
}

function Small(props: { readonly name: string; readonly explain: string; readonly children: React.ReactNode }) {
  return (
    <div title={props.explain}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** Shows the engine's mode; a press is "asked" until the engine says the new mode itself. */
function ModeSwitch({ strategy }: { readonly strategy: StrategyView }) {
  const { link } = useServices();
  const [asked, setAsked] = useState<Mode>();
  const [refusal, setRefusal] = useState('');
  const pending = asked !== undefined && asked !== strategy.mode ? asked : undefined;
  const choose = (mode: Mode): void => {
    setAsked(mode);
    setRefusal('');
    link.commands.setStrategyMode({ strategy: strategy.name, mode }).catch((error: unknown) => {
      setAsked(undefined);
      setRefusal(refusalText(error));
    });
  };
  const isTried = (mode: Mode): boolean => mode === 'enabled' && strategy.triedFor !== '';
  const choices = useMemo(() => MODES.map((choice) => ({ ...choice, isPending: choice.mode === pending })), [pending]);
  return (
    <div className="mode-switch">
      <div className="segments" role="group" aria-label={`Mode of ${strategy.name}`}>
        {choices.map(({ mode, label, explain, isPending }) => (
          <button
            key={mode}
            type="button"
            data-mode={mode}
            data-pending={isPending || undefined}
            aria-pressed={mode === strategy.mode}
            title={isTried(mode) ? `Tried in shadow beside ${strategy.triedFor}; it cannot trade` : explain}
            disabled={isTried(mode)}
            onClick={() => choose(mode)}
          >
            {label}
          </button>
        ))}
      </div>
      {refusal !== '' && <PageAlarm tone="danger" title={`${strategy.name} was not switched`} text={refusal} />}
    </div>
  );
}
