/** A strategy's rules in words: values and thresholds with their units, and one sentence that says what fails. Pure. */
import type { RuleView, StrategyRulesView } from '#protocol';
import { compactText, fixedText, priceText, significantText } from '../../format/number.ts';

/** The same comparison turned round: what is true when the rule fails. */
const OPPOSITES: Readonly<Record<string, string>> = {
  '<=': '>',
  '<': '≥',
  '>=': '<',
  '>': '≤',
  '==': '≠',
  '!=': '=',
};
const SHOWN: Readonly<Record<string, string>> = { '<=': '≤', '>=': '≥', '==': '=', '!=': '≠' };

/** "9.2 bps", "1.4×", "64.12", "0.0034"; a dash when it cannot be judged. `extra` decimals beyond the usual ones. */
export function ruleFigure(value: number | null, unit: string, extra = 0): string {
  if (value === null) return '–';
  const size = Math.abs(value);
  if (unit === '$' && size >= 100_000 && extra === 0) return compactText(value);
  if (unit === '$' && value === 0) return '0.00';
  if (unit === '$' && size >= 0.01 && extra === 0) return value < 0 ? `−${priceText(size)}` : priceText(value);
  const isWhole = (Number.isInteger(value) || size >= 1_000) && extra === 0;
  const figure = isWhole ? fixedText(value, 0) : significantText(value, (size < 1 || unit === '$' ? 2 : 1) + extra);
  if (unit === '' || unit === '$') return figure;
  if (unit === 'x' || unit === '×') return `${figure}×`;
  return `${figure} ${unit}`;
}

/** Decimals added at most until two figures that differ look different. */
const EXTRA_MOST = 8;

/** Value and threshold as they are read beside each other: never "1.4 < 1.4". */
export function ruleFigures(rule: RuleView): { readonly value: string; readonly threshold: string } {
  const { value, threshold, unit } = rule;
  for (let extra = 0; ; extra++) {
    const shown = { value: ruleFigure(value, unit, extra), threshold: ruleFigure(threshold, unit, extra) };
    if (shown.value !== shown.threshold || value === threshold || extra === EXTRA_MOST) return shown;
  }
}

export function ruleOperator(operator: string): string {
  return SHOWN[operator] ?? operator;
}

/** "9.2 bps ≤ 5.0 bps", or "9.2 bps > 5.0 bps" for one that fails; "cannot be judged yet" without a value. */
export function ruleComparison(rule: RuleView): string {
  if (rule.value === null || rule.threshold === null) return 'cannot be judged yet';
  const operator = rule.pass ? ruleOperator(rule.operator) : (OPPOSITES[rule.operator] ?? `not ${rule.operator}`);
  const { value, threshold } = ruleFigures(rule);
  return `${value} ${operator} ${threshold}`;
}

/** How far the value has come to its threshold, 0 to 1; null where a ratio says nothing. */
export function nearness({ value, threshold, operator }: RuleView): number | null {
  if (value === null || threshold === null || !(value > 0 && threshold > 0)) return null;
  if (operator === '>=' || operator === '>') return Math.min(1, value / threshold);
  return operator === '<=' || operator === '<' ? Math.min(1, threshold / value) : null;
}

/** A rule that is true or false has no figures worth reading: its name says it. */
export function isYesNo(rule: RuleView): boolean {
  const isBit = (value: number | null): boolean => value === 0 || value === 1;
  return rule.unit === '' && rule.operator === '==' && isBit(rule.value) && isBit(rule.threshold);
}

const WORST_SHOWN = 3;

/** "2 of 6 fail: spread is tight 9.2 bps > 5.0 bps, volume is surging 1.4× < 3×". */
export function whyNotSentence(view: StrategyRulesView): string {
  const { rules } = view;
  if (rules.length === 0) return 'Not judged yet: it is asked at the next event of this symbol.';
  const failed = rules.filter((rule) => !rule.pass);
  if (failed.length === 0) return view.pass ? `All ${rules.length} pass: it fires.` : `All ${rules.length} pass.`;
  const named = failed
    .slice(0, WORST_SHOWN)
    .map((rule) => (isYesNo(rule) ? rule.name : `${rule.name} ${ruleComparison(rule)}`));
  const more = failed.length > WORST_SHOWN ? ` and ${failed.length - WORST_SHOWN} more` : '';
  return `${failed.length} of ${rules.length} fail: ${named.join(', ')}${more}`;
}
