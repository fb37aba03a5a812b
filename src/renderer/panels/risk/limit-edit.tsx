/** Changing one limit of risk: a number in the limit's own unit, sent to the engine, whose refusal is shown as it says it. */
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { RiskValue } from '#protocol';
import { useServices } from '../../app/services.ts';
import { boundsFault, limitField, limitFromField, limitRange } from './risk-words.ts';

type Limit = RiskValue['limits'][number];

interface Said {
  readonly isFault: boolean;
  readonly text: string;
}
const NOTHING: Said = { isFault: false, text: '' };

export function LimitEdit({ limit }: { readonly limit: Limit }) {
  const { link } = useServices();
  const [text, setText] = useState<string>();
  const [said, setSaid] = useState(NOTHING);
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  const { key, name, unit } = limit;
  const isOpen = text !== undefined;
  // Whoever came by keyboard goes on where they were.
  useEffect(() => {
    if (wasOpen.current && !isOpen) button.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  if (key === undefined) return null;

  const close = (): void => {
    setText(undefined);
    setSaid(NOTHING);
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    const value = limitFromField(text ?? '', unit);
    const fault = value === null ? 'That is not a number.' : boundsFault(limit, value);
    if (value === null || fault !== '') return setSaid({ isFault: true, text: fault });
    setSaid({ isFault: false, text: 'Asking the engine …' });
    link.commands
      .setRiskLimit({ name: key, limit: value })
      .then(close, (error: unknown) => setSaid({ isFault: true, text: `The engine refused: ${reasonOf(error)}.` }));
  };
  if (!isOpen)
    return (
      <button
        ref={button}
        type="button"
        className="limit-change"
        aria-label={`Change ${name}`}
        onClick={() => setText(limitField(limit.limit, unit))}
      >
        Change
      </button>
    );
  return (
    <form className="limit-edit" aria-label={`Change ${name}`} onSubmit={send}>
      <span className="limit-said" data-fault={said.isFault || undefined} role={said.isFault ? 'alert' : 'status'}>
        {said.text === '' ? limitRange(limit) : said.text}
      </span>
      <input
        className="text-input"
        aria-label={`New ${name}`}
        aria-invalid={said.isFault}
        inputMode="decimal"
        value={text}
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => {
          setText(event.target.value);
          setSaid(NOTHING);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          close();
        }}
      />
      <button type="submit" className="button">
        Set
      </button>
      <button type="button" className="button" onClick={close}>
        Cancel
      </button>
    </form>
  );
}

/** What the engine says comes as plain data, not as an Error. */
function reasonOf(error: unknown): string {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' && message !== '' ? message.replace(/\.$/u, '') : 'it did not answer';
}
