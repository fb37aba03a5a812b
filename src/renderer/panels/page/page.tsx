/** Parts that pages share: the sheet, its sections, and facts that explain themselves. */
import type { ReactNode, RefObject } from 'react';
import './page.css';

interface PageProps {
  readonly label: string;
  readonly testId: string;
  readonly host?: RefObject<HTMLElement | null>;
  readonly children: ReactNode;
}

export function Page({ label, testId, host, children }: PageProps) {
  return (
    <section ref={host} className="page" aria-label={label} data-testid={testId} tabIndex={0}>
      {children}
    </section>
  );
}

interface SectionProps {
  readonly title: string;
  readonly about?: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

export function Section({ title, about, isWide = false, children }: SectionProps) {
  return (
    <div className={isWide ? 'page-section page-wide' : 'page-section'}>
      <h2>
        {title}
        {about !== undefined && <span className="quiet">{about}</span>}
      </h2>
      {children}
    </div>
  );
}

interface FactProps {
  readonly name: string;
  /** What it is, how it is reckoned and in what unit; shown when one points at it. */
  readonly explain: string;
  readonly tone?: 'warn' | 'danger' | undefined;
  readonly note?: ReactNode;
  readonly children: ReactNode;
}

export function Fact({ name, explain, tone, note, children }: FactProps) {
  return (
    <div className="page-fact" title={explain} data-tone={tone}>
      <dt>{name}</dt>
      <dd>{children}</dd>
      {note !== undefined && <dd className="page-fact-note">{note}</dd>}
    </div>
  );
}

interface AlarmProps {
  readonly tone: 'good' | 'warn' | 'danger';
  readonly title: string;
  readonly text: string;
}

/** What is wrong, in words, and what it means. */
export function PageAlarm({ tone, title, text }: AlarmProps) {
  return (
    <div className="page-alarm" data-tone={tone} role={tone === 'danger' ? 'alert' : undefined}>
      <b>{title}</b>
      {text !== '' && <span>{text}</span>}
    </div>
  );
}

interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly { readonly value: T; readonly label: string; readonly title?: string }[];
  readonly onChange: (value: T) => void;
}

export function Segments<T extends string>({ label, value, choices, onChange }: SegmentsProps<T>) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          title={choice.title}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}

/** The sentence of a refused or failed command. */
export function refusalText(error: unknown): string {
  const message = (error as { readonly message?: unknown } | null)?.message;
  return typeof message === 'string' && message !== '' ? message : 'the engine did not answer';
}
