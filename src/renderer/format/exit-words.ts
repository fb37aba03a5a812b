/** The rules of exit in a trader's words. */
const WORDS: Readonly<Record<string, string>> = {
  'stop-loss': 'stop',
  'take-profit': 'target',
  'give-back': 'give back',
  'time-stop': 'time',
  'phase-end': 'session end',
};

/** The rule in a trader's word: "stop", "target", "trail (percent)". */
export function exitWords(rule: string): string {
  if (rule.startsWith('trailing ')) return `trail (${rule.slice(9)})`;
  return WORDS[rule] ?? rule;
}
