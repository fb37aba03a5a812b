/** What somebody, or the start of a day, told the engine to do: a journal record of kind `command` as a sentence. */
import { dollarText } from '../../lib/number-text.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { limitRule, limitText } from '../../risk/limit-changes.ts';

interface Body {
  readonly auto?: boolean;
  readonly from?: number;
  readonly to?: number;
  readonly isCarried?: boolean;
  readonly notionalMax?: number | null;
  readonly positionsMax?: number | null;
  readonly entriesMax?: number | null;
  readonly version?: string;
}

export function commandText({ id, cause, body }: Pick<JournalRecord, 'id' | 'cause' | 'body'>): string {
  const told = (body ?? {}) as Body;
  if (id === 'auto' && told.auto !== undefined) return `auto trading switched ${told.auto ? 'on' : 'off'}`;
  if (id === 'limit') return limitChange(cause, told);
  if (id === 'budget') return `budget of ${cause}: ${budgetText(told)}`;
  if (cause === 'exits')
    return told.version === undefined
      ? `exit plan of ${id} changed`
      : `exit plan of ${id} moved to version ${told.version}`;
  // A record of a version that knows more than this one.
  return `${id}${cause === '' ? '' : ` ${cause}`} ${JSON.stringify(body)}`.slice(0, 300);
}

function limitChange(key: string, { from, to, isCarried }: Body): string {
  const rule = limitRule(key);
  if (rule === undefined || to === undefined) return `limit ${key} changed`;
  const before = from === undefined ? '' : ` instead of ${limitText(rule, from)}`;
  return `limit ${rule.label}: ${limitText(rule, to)}${before}${isCarried === true ? ', as changed on an earlier day' : ''}`;
}

function budgetText({ notionalMax, positionsMax, entriesMax }: Body): string {
  const parts: string[] = [];
  if (typeof notionalMax === 'number') parts.push(`${dollarText(notionalMax)} at work`);
  if (typeof positionsMax === 'number') parts.push(`${positionsMax} positions at once`);
  if (typeof entriesMax === 'number') parts.push(`${entriesMax} entries a day`);
  return parts.length === 0 ? 'none of its own' : parts.join(', ');
}
