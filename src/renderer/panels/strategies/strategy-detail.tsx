/** One strategy in full: what it does, its parameters to be changed within their bounds, and its shadow beside its trades. */
import { useState } from 'react';
import type { ClosedTrade, ParamView, StrategyView } from '#protocol';
import { useServices } from '../../app/services.ts';
import { dollarsText, HALF_CENT, resultText, toneOf } from '../../format/money.ts';
import { countText, fixedText, NONE } from '../../format/number.ts';
import { durationText } from '../../format/time.ts';
import { PageAlarm, refusalText, Section } from '../page/page.tsx';
import { Budget } from './budget-form.tsx';
import { paramNumber, paramText, paramWords, readParam, SLIDER_STEPS, sliderOf, valueOf } from './param-scale.ts';
import { compareBooks, type SideOfBook } from './shadow-comparison.ts';

interface StrategyDetailProps {
  readonly strategy: StrategyView;
  readonly trades: readonly ClosedTrade[] | undefined;
}

export function StrategyDetail({ strategy, trades }: StrategyDetailProps) {
  return (
    <div className="strategy-detail">
      <Section title={strategy.name} about={`version ${strategy.version}`}>
        <p className="page-note strategy-about">{strategy.about}</p>
        <p className="page-note">
          {strategy.source === 'user' ? (
            <>
              From your file <code>{strategy.file}</code>; a saved change is taken in without stopping.
              {strategy.triedFor !== '' && (
                <>
                  {' '}
                  Tried in shadow beside {strategy.triedFor}. To trade it, rename the file to{' '}
                  <code>{strategy.file.replace(/\.next\.ts$/u, '.ts')}</code>; to end the trial, remove it.
                </>
              )}
            </>
          ) : (
            'Comes with Drover. Copy it into the folder “strategies” of the data folder to change its rules.'
          )}
        </p>
        {strategy.fault !== '' && (
          <PageAlarm
            tone="danger"
            title={strategy.fault}
            text="It opens nothing until this is mended and it is switched on again. Its open positions keep their exits."
          />
        )}
        {strategy.olderPositions > 0 && <OlderTrades strategy={strategy} />}
      </Section>
      <Budget key={strategy.name} strategy={strategy} />
      <Parameters strategy={strategy} />
      <Section title="Shadow comparison" about="closed trades of today">
        {trades === undefined ? (
          <p className="page-note">Asking for the trades of today.</p>
        ) : (
          <Books {...compareBooks(trades, strategy.name)} />
        )}
      </Section>
    </div>
  );
}

/** Open trades keep the exits of the version that opened them, until they are moved here. */
function OlderTrades({ strategy }: { readonly strategy: StrategyView }) {
  const { link } = useServices();
  const [answer, setAnswer] = useState('');
  const { olderPositions } = strategy;
  const move = async (): Promise<void> => {
    setAnswer('asked');
    try {
      const { moved, kept } = await link.commands.migrateTrades({ strategy: strategy.name });
      setAnswer([`${countText(moved)} moved`, ...kept].join('; '));
    } catch (error) {
      setAnswer(`refused: ${refusalText(error)}`);
    }
  };
  return (
    <p className="page-note" data-testid="older-trades">
      {olderPositions === 1 ? '1 open trade runs' : `${countText(olderPositions)} open trades run`} the exits of an
      older version.{' '}
      <button
        type="button"
        className="button"
        title="Gives them the exits that this version would plan for them now"
        onClick={() => void move()}
      >
        Move to this version
      </button>{' '}
      <span role="status">{answer}</span>
    </p>
  );
}

function Books({ real, shadow }: { readonly real: SideOfBook; readonly shadow: SideOfBook }) {
  if (real.trades + shadow.trades === 0)
    return (
      <p className="page-note">
        No closed trade of this strategy yet today. Run a changed version in shadow beside the old one: both columns
        fill here, and the difference is what the change is worth.
      </p>
    );
  const rows: readonly (readonly [string, string, (side: SideOfBook) => string, boolean])[] = [
    ['Trades', 'Round trips closed today', (s) => countText(s.trades), false],
    ['Won', 'Share of trades with a result above zero after costs', (s) => wonText(s), false],
    ['Net', 'Sum of the results after all costs', (s) => resultText(s.net), true],
    ['Net a trade', 'Net divided by trades', (s) => (s.trades === 0 ? NONE : resultText(s.net / s.trades)), true],
    ['Best', 'Best single result', (s) => resultText(s.best), true],
    ['Worst', 'Worst single result', (s) => resultText(s.worst), true],
    ['Costs', 'Spread, commission, fees and slippage paid', (s) => dollarsText(s.costs), false],
    ['Held', 'Mean time from first buy to last sale', (s) => durationText(s.hold), false],
  ];
  return (
    <table className="plain-table books">
      <thead>
        <tr>
          <td />
          <th scope="col" className="n">
            Real
          </th>
          <th scope="col" className="n">
            Shadow
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, explain, text, isResult]) => (
          <tr key={name} title={explain}>
            <th scope="row">{name}</th>
            {[real, shadow].map((side, at) => (
              <td
                key={at === 0 ? 'real' : 'shadow'}
                className="n"
                data-tone={isResult ? toneOfText(text(side)) : 'flat'}
              >
                {text(side)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const wonText = ({ trades, wins }: SideOfBook): string =>
  trades === 0 ? NONE : `${fixedText((wins / trades) * 100, 0)} %`;
const toneOfText = (text: string): 'up' | 'down' | 'flat' =>
  toneOf(text.startsWith('+') ? 1 : text.startsWith('−') ? -1 : 0, HALF_CENT / 1e6);

/** Drafts are texts, so that half-typed numbers can stand there; they go to the engine together. */
function Parameters({ strategy }: { readonly strategy: StrategyView }) {
  const { link } = useServices();
  const [drafts, setDrafts] = useState<Readonly<Record<string, string>>>({});
  const [state, setState] = useState<{ readonly kind: 'idle' | 'sent' | 'done' | 'refused'; readonly text: string }>({
    kind: 'idle',
    text: '',
  });
  const dirty = strategy.params.filter(
    (param) => drafts[param.name] !== undefined && readParam(param, drafts[param.name] as string).value !== param.value,
  );
  const isReadable = dirty.every((param) => readParam(param, drafts[param.name] as string).value !== undefined);
  const draft = (name: string, text: string): void => {
    setDrafts((before) => ({ ...before, [name]: text }));
    setState({ kind: 'idle', text: '' });
  };
  const revert = (): void => {
    setDrafts({});
    setState({ kind: 'idle', text: '' });
  };
  const apply = async (): Promise<void> => {
    const params = Object.fromEntries(
      dirty.map((param) => [param.name, readParam(param, drafts[param.name] as string).value as number]),
    );
    setState({ kind: 'sent', text: 'sent to the engine' });
    try {
      await link.commands.setStrategyParams({ strategy: strategy.name, params });
      setState({ kind: 'done', text: 'taken over; the next evaluation uses it' });
    } catch (error) {
      setState({ kind: 'refused', text: refusalText(error) });
    }
  };
  if (strategy.params.length === 0)
    return (
      <Section title="Parameters">
        <p className="page-note">This strategy has no parameters.</p>
      </Section>
    );
  return (
    <Section title="Parameters" about="kept by the engine, used from the next evaluation on">
      <form
        className="params"
        aria-label={`Parameters of ${strategy.name}`}
        onSubmit={(event) => {
          event.preventDefault();
          void apply();
        }}
      >
        {strategy.params.map((param) => (
          <Param
            key={param.name}
            param={param}
            text={drafts[param.name] ?? paramNumber(param.value)}
            isDirty={dirty.includes(param)}
            onChange={(text) => draft(param.name, text)}
          />
        ))}
        <div className="param-actions">
          <button type="submit" className="button primary" disabled={dirty.length === 0 || !isReadable}>
            {dirty.length === 0 ? 'Apply' : `Apply ${dirty.length} ${dirty.length === 1 ? 'change' : 'changes'}`}
          </button>
          <button type="button" className="button" disabled={Object.keys(drafts).length === 0} onClick={revert}>
            Revert
          </button>
          <span className="param-state" data-kind={state.kind} role="status" data-testid="param-state">
            {state.kind === 'refused' ? `The engine refused: ${state.text}` : state.text}
          </span>
        </div>
      </form>
    </Section>
  );
}

interface ParamProps {
  readonly param: ParamView;
  readonly text: string;
  readonly isDirty: boolean;
  readonly onChange: (text: string) => void;
}

function Param({ param, text, isDirty, onChange }: ParamProps) {
  const { value, fault } = readParam(param, text);
  const id = `param-${param.name}`;
  const isDefault = value === param.default;
  return (
    <div className="param" data-dirty={isDirty || undefined} data-fault={fault !== '' || undefined}>
      <label htmlFor={id}>{paramWords(param.name)}</label>
      <div className="param-slider">
        <input
          type="range"
          min={0}
          max={SLIDER_STEPS}
          value={sliderOf(param, value ?? param.value)}
          style={
            { '--fill': `${sliderOf(param, value ?? param.value) / (SLIDER_STEPS / 100)}%` } as React.CSSProperties
          }
          aria-label={`${paramWords(param.name)}, slider`}
          aria-valuetext={paramText(value ?? param.value, param.unit)}
          onChange={(event) => onChange(paramNumber(valueOf(param, Number(event.target.value))))}
        />
        <span
          className="param-default"
          style={{ '--at': sliderOf(param, param.default) / SLIDER_STEPS } as React.CSSProperties}
          title={`Default: ${paramText(param.default, param.unit)}`}
        />
      </div>
      <span className="param-value">
        <input
          id={id}
          className="text-input"
          inputMode="decimal"
          value={text}
          aria-invalid={fault !== ''}
          aria-describedby={`${id}-about`}
          onChange={(event) => onChange(event.target.value)}
        />
        <span className="quiet">{param.unit}</span>
      </span>
      <p id={`${id}-about`} className="param-about">
        {fault === '' ? param.about : <b>{fault}</b>}{' '}
        {isDirty ? (
          <span className="param-was">was {paramText(param.value, param.unit)}</span>
        ) : (
          !isDefault && (
            <button type="button" className="link-button" onClick={() => onChange(paramNumber(param.default))}>
              default {paramText(param.default, param.unit)}
            </button>
          )
        )}
      </p>
    </div>
  );
}
