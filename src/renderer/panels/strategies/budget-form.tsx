/** What one strategy may use of the account: three bounds, each of them a number or nothing, sent to the engine together. */
import { useState } from 'react';
import type { StrategyView } from '#protocol';
import { useServices } from '../../app/services.ts';
import { refusalText, Section } from '../page/page.tsx';
import type { BudgetKey } from './budget-words.ts';
import { BUDGET_FIELDS, budgetField, budgetText, isSameBudget, readBudget } from './budget-words.ts';

type Said = { readonly kind: 'idle' | 'sent' | 'done' | 'refused'; readonly text: string };
const NOTHING: Said = { kind: 'idle', text: '' };

export function Budget({ strategy }: { readonly strategy: StrategyView }) {
  const { link } = useServices();
  const [drafts, setDrafts] = useState<Readonly<Partial<Record<BudgetKey, string>>>>({});
  const [said, setSaid] = useState(NOTHING);
  const { name, budget } = strategy;
  const read = BUDGET_FIELDS.map((field) => {
    const text = drafts[field.key] ?? budgetField(field, budget[field.key]);
    return { field, text, ...readBudget(field, text) };
  });
  const valueOf = (key: BudgetKey): number | null => read.find(({ field }) => field.key === key)?.value ?? null;
  const wanted = {
    notionalMax: valueOf('notionalMax'),
    positionsMax: valueOf('positionsMax'),
    entriesMax: valueOf('entriesMax'),
  };
  const fault = read.find((row) => row.fault !== '')?.fault ?? '';
  const isChanged = fault !== '' || !isSameBudget(wanted, budget);
  const draft = (key: BudgetKey, text: string): void => {
    setDrafts((before) => ({ ...before, [key]: text }));
    setSaid(NOTHING);
  };
  const revert = (): void => {
    setDrafts({});
    setSaid(NOTHING);
  };
  const send = async (): Promise<void> => {
    if (fault !== '') return setSaid({ kind: 'refused', text: fault });
    setSaid({ kind: 'sent', text: 'sent to the engine' });
    try {
      await link.commands.setStrategyBudget({ strategy: name, ...wanted });
      setSaid({ kind: 'done', text: 'taken over; it holds from now on, also on the days to come' });
    } catch (error) {
      setSaid({ kind: 'refused', text: `The engine refused: ${refusalText(error)}` });
    }
  };
  const inWords = budgetText(budget);
  return (
    <Section title="Budget" about={inWords === '' ? 'none of its own: the limits of the Risk page hold' : inWords}>
      <form
        className="params"
        aria-label={`Budget of ${name}`}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {read.map(({ field: { key, label, unit, about }, text, fault: wrong }) => (
          <div key={key} className="budget-field" data-fault={wrong !== '' || undefined}>
            <label htmlFor={`budget-${key}`}>{label}</label>
            <span className="param-value">
              <input
                id={`budget-${key}`}
                className="text-input"
                inputMode="decimal"
                placeholder="no bound"
                value={text}
                aria-invalid={wrong !== ''}
                aria-describedby={`budget-${key}-about`}
                onChange={(event) => draft(key, event.target.value)}
              />
              <span className="quiet">{unit}</span>
            </span>
            <p id={`budget-${key}-about`} className="param-about">
              {wrong === '' ? about : <b>{wrong}</b>}
            </p>
          </div>
        ))}
        <div className="budget-actions">
          <button type="submit" className="button primary" disabled={!isChanged}>
            Set budget
          </button>
          <button type="button" className="button" disabled={!isChanged} onClick={revert}>
            Revert
          </button>
          <span className="param-state" data-kind={said.kind} role="status" data-testid="budget-state">
            {said.text}
          </span>
        </div>
      </form>
    </Section>
  );
}
