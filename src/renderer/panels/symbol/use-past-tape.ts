/** The trades of a symbol as they stood at the instant looked back at, asked from the engine whenever symbol or instant change. */
import { useEffect, useMemo, useState } from 'react';
import type { PastPrint } from '#protocol';
import { useServices } from '../../app/services.ts';
import { timeText } from '../../format/time.ts';

const PRINTS = 300;

export interface PastTape {
  readonly atUs: number;
  /** Newest first; empty while they are asked for. */
  readonly prints: readonly PastPrint[];
  /** What to say where there is none. */
  readonly words: string;
}

interface Answer {
  readonly symbol: string;
  readonly atUs: number;
  readonly prints: readonly PastPrint[];
  readonly isPartial: boolean;
  readonly fault: string;
}

/** Null while the page is live. Never the trades of another instant or symbol than the page shows. */
export function usePastTape(symbol: string, pastUs: number | null): PastTape | null {
  const { link } = useServices();
  const [answer, setAnswer] = useState<Answer | null>(null);
  useEffect(() => {
    if (pastUs === null || symbol === '') return undefined;
    let isLeft = false;
    const said = (prints: readonly PastPrint[], isPartial: boolean, fault: string): void => {
      if (!isLeft) setAnswer({ symbol, atUs: pastUs, prints, isPartial, fault });
    };
    link.commands.printsAt({ symbol, atUs: pastUs, count: PRINTS }).then(
      ({ prints, isPartial }) => said(prints, isPartial, ''),
      (fault: unknown) => said([], false, (fault as { readonly message?: string } | null)?.message ?? 'no answer'),
    );
    return () => {
      isLeft = true;
    };
  }, [link, symbol, pastUs]);
  return useMemo(() => {
    if (pastUs === null) return null;
    if (answer === null || answer.symbol !== symbol || answer.atUs !== pastUs)
      return { atUs: pastUs, prints: [], words: 'Asking the engine …' };
    return { atUs: pastUs, prints: answer.prints, words: wordsOf(answer) };
  }, [symbol, pastUs, answer]);
}

function wordsOf({ symbol, atUs, isPartial, fault }: Answer): string {
  if (fault !== '') return `The engine did not give the trades of then (${fault}).`;
  if (isPartial) return 'The trades of then are on disk only: the engine has given them up or was started again since.';
  return `${symbol} had not traded by ${timeText(atUs, 'second')}.`;
}
