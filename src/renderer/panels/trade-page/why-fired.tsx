/** Why it fired: every rule with its value then, its threshold, and its value now. */
import { Check, X } from 'lucide-react';
import type { RuleView, TradeDetail } from '#protocol';
import { isYesNo, ruleFigures, ruleOperator } from '../symbol/rule-words.ts';
import { rulePairs } from './trade-words.ts';

export function WhyFired({ detail }: { readonly detail: TradeDetail }) {
  const pairs = rulePairs(detail.rulesAtFire, detail.rulesNow);
  return (
    <section className="trade-section" aria-labelledby="why-title" data-testid="why-fired">
      <h3 id="why-title">Why it fired</h3>
      {pairs.length === 0 ? (
        <p className="trade-note">
          {detail.strategy === 'manual'
            ? 'Bought by hand: no rule was asked.'
            : 'The strategy gave no rules with its signal.'}
        </p>
      ) : (
        <table className="trade-table">
          <thead>
            <tr>
              <th scope="col">rule</th>
              <th scope="col">at fire</th>
              <th scope="col">
                <span className="unseen">operator</span>
              </th>
              <th scope="col">threshold</th>
              <th scope="col">
                <span className="unseen">passed then</span>
              </th>
              <th scope="col" title="The same rule judged now, matched by its name">
                now
              </th>
              <th scope="col">
                <span className="unseen">passes now</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {pairs.map(({ fired, now }, i) => (
              <tr key={`${fired.name} ${i}`}>
                <th scope="row">{fired.name}</th>
                <td className="figure rule-then">{shown(fired, 'value')}</td>
                <td className="quiet">{ruleOperator(fired.operator)}</td>
                <td className="figure quiet">{shown(fired, 'threshold')}</td>
                <td>
                  <Mark rule={fired} />
                </td>
                <td className="figure">{now === null ? '–' : shown(now, 'value')}</td>
                <td>{now !== null && <Mark rule={now} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {detail.expectedMove > 0 && (
        <p
          className="trade-note"
          title="What the strategy expected before costs; times confidence it is weighed against them"
        >
          expected move <b className="figure">{detail.expectedMove.toFixed(4)}</b> $ a share, confidence{' '}
          <b className="figure">{Math.round(detail.confidence * 100)} %</b>
        </p>
      )}
    </section>
  );
}

/** What is either so or not is said in words. */
function shown(rule: RuleView, which: 'value' | 'threshold'): string {
  return isYesNo(rule) ? (rule[which] === 1 ? 'yes' : 'no') : ruleFigures(rule)[which];
}

function Mark({ rule }: { readonly rule: RuleView }) {
  return rule.pass ? (
    <span className="rule-mark" data-pass="yes" role="img" aria-label="passes" title="passes">
      <Check size={12} aria-hidden="true" />
    </span>
  ) : (
    <span className="rule-mark" role="img" aria-label="fails" title="fails">
      <X size={12} aria-hidden="true" />
    </span>
  );
}
