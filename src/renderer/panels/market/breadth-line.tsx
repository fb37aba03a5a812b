/** The whole market in one line, written in place once a second: rising and falling, highs and lows, halts, blind symbols. */
import { useEffect, useRef } from 'react';
import { useServices } from '../../app/services.ts';
import { countText, fixedText } from '../../format/number.ts';
import { marketBreadth } from '../../stores/market-breadth.ts';

const EVERY_MS = 1_000;

interface Part {
  readonly name: 'up' | 'down' | 'atHigh' | 'atLow' | 'halted' | 'blind' | 'relativeVolume';
  readonly label: string;
  readonly explain: string;
}

const PARTS: readonly Part[] = [
  { name: 'up', label: 'up', explain: 'Symbols over their previous close' },
  { name: 'down', label: 'down', explain: 'Symbols under their previous close' },
  { name: 'atHigh', label: 'highs', explain: 'Symbols whose last price is the high of the day' },
  { name: 'atLow', label: 'lows', explain: 'Symbols whose last price is the low of the day' },
  {
    name: 'relativeVolume',
    label: '× usual volume',
    explain: 'Middle of all symbols: volume against what is usual by this minute',
  },
  { name: 'halted', label: 'halted', explain: 'Trading is stopped right now' },
  { name: 'blind', label: 'blind', explain: 'Without trustworthy data right now' },
];

export function BreadthLine() {
  const { market } = useServices();
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = (): void => {
      timer = undefined;
      if (market.mirror.count === 0) return;
      const breadth = marketBreadth(market.mirror);
      for (const [at, { name }] of PARTS.entries()) {
        const element = host.current?.children[at] as HTMLElement | undefined;
        const figure = element?.firstElementChild;
        if (!element || !figure) continue;
        const value = breadth[name];
        const text = name === 'relativeVolume' ? fixedText(value, 2) : countText(value);
        if (figure.textContent !== text) figure.textContent = text;
        element.toggleAttribute('data-some', value > 0);
      }
    };
    write();
    // The last frame counts too: a market looked back at sends no more.
    const leave = market.follow(() => {
      timer ??= setTimeout(write, EVERY_MS);
    });
    return () => {
      clearTimeout(timer);
      leave();
    };
  }, [market]);
  return (
    <div ref={host} className="breadth-line" data-testid="breadth">
      {PARTS.map(({ name, label, explain }) => (
        <span key={name} data-part={name} title={explain}>
          <b>–</b> {label}
        </span>
      ))}
    </div>
  );
}
