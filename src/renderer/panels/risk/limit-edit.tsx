/** Changing one limit of risk: a number in the limit's own unit, sent to the engine, whose refusal is shown as it says it. */
import { useState, type FormEvent } from 'react';
import type { RiskValue } from '#protocol';
import { useServices } from '../../app/services.ts';
import { limitField, limitFromField, limitText } from './risk-words.ts';

type Limit = RiskValue['limits'][number];

export function LimitEdit({ limit }: { readonly limit: Limit }) {
  const { link } = useServices();
  const [text, setText] = useState<string>();
  const [said, setSaid] = useState('');
  const { key, name, unit } = limit;
  if (key === undefined) return null;

  const send = (event: FormEvent): void => {
    event.preventDefault();
    const value = limitFromField(text ?? '', unit);
    if (value === null) return setSaid('That is not a number.');
    setSaid('Asking the engine ...');
    link.commands.setRiskLimit({ name: key, limit: value }).then(
      () => {
        setText(undefined);
        setSaid('');
      },
      (error: unknown) => setSaid(error instanceof Error ? error.message : 'The engine did not answer.'),
    );
  };
  if (text === undefined)
    return (
      <button
        type="button"
        className="limit-change"
        aria-label={`Change ${name}`}
        onClick={() => setText(limitField(limit.limit, unit))}
      >
        Change
      </button>
    );
  const range =
    limit.min === undefined || limit.max === undefined
      ? ''
      : `${limitText(limit.min, unit)} to ${limitText(limit.max, unit)}`;
  return (
    <form className="limit-edit" onSubmit={send}>
      <input
        className="text-input"
        aria-label={`New ${name}`}
        inputMode="decimal"
        value={text}
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setText(undefined);
        }}
      />
      <button type="submit">Set</button>
      <span className="quiet" role="status">
        {said === '' ? range : said}
      </span>
    </form>
  );
}
