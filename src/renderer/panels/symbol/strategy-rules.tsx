/** Why not: one column a strategy, its rules for this symbol now, and what fails in one sentence. */
import { Check, X } from 'lucide-react';
import { useRef, type CSSProperties } from 'react';
import type { RuleView, StrategyRulesView } from '#protocol';
import { timeExplained, timeText } from '../../format/time.ts';
import { LiveTag } from '../../parts/live-note.tsx';
import { useSize } from '../../parts/use-size.ts';
import { isYesNo, ruleFigures, ruleOperator, whyNotSentence } from './rule-words.ts';

const MODE_WORDS: Readonly<Record<string, string>> = {
  enabled: 'Trades when automatic trading is on.',
  shadow: 'Only pretends to trade: its results are kept apart.',
  off: 'Off: its rules are shown, nothing follows from them.',
};

const COLUMN_LEAST = 264;

interface StrategyRulesProps {
  readonly strategies: readonly StrategyRulesView[];
  /** Said while the rest of the page looks back; '' when nothing has to be. */
  readonly liveNote: string;
}

export function StrategyRules({ strategies, liveNote }: StrategyRulesProps) {
  const host = useRef<HTMLElement>(null);
  const { width } = useSize(host);
  // Whole columns in sight: a sliver of the next one would look like a fault.
  const columns = Math.max(1, Math.min(strategies.length, Math.floor(width / COLUMN_LEAST)));
  return (
    <section
      ref={host}
      className="sp-rules"
      style={{ '--rule-columns': columns } as CSSProperties}
      data-testid="strategy-rules"
      aria-label="Strategy rules for this symbol"
      // It scrolls sideways: the keyboard must reach it.
      tabIndex={0}
    >
      {strategies.length === 0 ? (
        <p className="sp-side-empty sp-rules-empty">
          No strategy has judged this symbol yet. Each one that watches it gets a column here, with every rule, its
          value and its threshold. Strategies judge a symbol when a bar closes: a quiet symbol takes longer.
        </p>
      ) : (
        strategies.map((view) => <StrategyColumn key={view.strategy} view={view} liveNote={liveNote} />)
      )}
    </section>
  );
}

interface StrategyColumnProps {
  readonly view: StrategyRulesView;
  readonly liveNote: string;
}

function StrategyColumn({ view, liveNote }: StrategyColumnProps) {
  const passed = view.rules.filter((rule) => rule.pass).length;
  return (
    <article className="sp-rules-column" data-pass={view.pass} aria-label={view.strategy}>
      <header>
        <b>{view.strategy}</b>
        <span className="sp-rules-mode" data-mode={view.mode} title={MODE_WORDS[view.mode] ?? view.mode}>
          {view.mode}
        </span>
        <span className="sp-rules-count" title={`Judged at\n${timeExplained(view.atUs)}`}>
          {passed} / {view.rules.length}
        </span>
        <time className="quiet" title={`Judged at\n${timeExplained(view.atUs)}`}>
          {timeText(view.atUs, 'second')}
        </time>
      </header>
      <p className="sp-rules-sentence">
        {liveNote !== '' && <LiveTag text={liveNote} />} {whyNotSentence(view)}
      </p>
      <ul tabIndex={0} aria-label={`Rules of ${view.strategy}`}>
        {view.rules.map((rule, i) => (
          <RuleChip key={`${rule.name} ${i}`} rule={rule} />
        ))}
      </ul>
    </article>
  );
}

/** What every strategy is asked first has its kind before its name, "universe: price at least": a chip has no room for both. */
const shortName = (name: string): string => name.slice(name.indexOf(': ') < 0 ? 0 : name.indexOf(': ') + 2);

function RuleChip({ rule }: { readonly rule: RuleView }) {
  const { value, threshold } = ruleFigures(rule);
  return (
    <li
      className="sp-rule-chip"
      data-pass={rule.pass}
      title={`${rule.name}: ${value} must be ${ruleOperator(rule.operator)} ${threshold}. ${rule.pass ? 'It passes.' : 'It fails.'}`}
    >
      {rule.pass ? <Check size={11} aria-label="passes" /> : <X size={11} aria-label="fails" />}
      <span className="sp-rule-name">{shortName(rule.name)}</span>
      {!isYesNo(rule) && (
        <>
          <span className="sp-rule-value">{value}</span>
          <span className="sp-rule-threshold">
            {ruleOperator(rule.operator)} {threshold}
          </span>
        </>
      )}
    </li>
  );
}
