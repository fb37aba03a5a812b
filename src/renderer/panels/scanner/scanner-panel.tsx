/** The scanner: anomalies as they are seen, newest first. A click turns the linked panels to the symbol. */
import { Radar } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { LOSSLESS_KEEP, type ScannerItem } from '#protocol';
import { useServices } from '../../app/services.ts';
import { countText } from '../../format/number.ts';
import { timeExplained, timeText } from '../../format/time.ts';
import { timeCell } from '../../parts/desk-file.ts';
import { DeskTable, type DeskColumn } from '../../parts/desk-table.tsx';
import { useOnScreen } from '../../parts/seen-topic.ts';
import { SymbolLink } from '../../parts/symbol-link.tsx';
import type { PanelDefinition } from '../panel.ts';
import { SCANNER_RULES, scannerRule, scannerText } from './scanner-words.ts';
import './scanner.css';

export const scannerPanel: PanelDefinition = {
  kind: 'scanner',
  title: 'Scanner',
  explain: 'Anomalies as they happen: volume, velocity, spread, gaps, halts',
  icon: Radar,
  component: ScannerPanel,
};

function ScannerPanel() {
  const host = useRef<HTMLElement>(null);
  const isSeen = useOnScreen(host);
  const { symbols } = useServices();
  const items = useScannerItems(isSeen);
  const [rule, setRule] = useState('');
  const shown = useMemo(
    () => (items ?? []).filter((item) => rule === '' || item.rule === rule).toReversed(),
    [items, rule],
  );
  return (
    <section ref={host} className="desk-panel" aria-label="Scanner">
      <div className="panel-bar">
        <select
          className="text-input"
          aria-label="Only this rule"
          value={rule}
          onChange={(event) => setRule(event.target.value)}
        >
          <option value="">All rules</option>
          {SCANNER_RULES.map((name) => (
            <option key={name} value={name}>
              {scannerRule(name).name}
            </option>
          ))}
        </select>
        <span className="row-count">
          <b>{countText(shown.length)}</b> seen
        </span>
      </div>
      <DeskTable
        label="Scanner"
        testId="scanner"
        columns={COLUMNS}
        rows={shown}
        rowKey={({ seq }) => String(seq)}
        sort={null}
        onPick={({ symbol }) => symbols.pick(symbol)}
        rowState={(item) => item.rule}
        empty={
          items === undefined ? (
            <p>Asking the engine …</p>
          ) : (
            <>
              <h2>{rule === '' ? 'Nothing out of the ordinary yet' : 'This rule has seen nothing yet'}</h2>
              <p>
                Surges of volume, blown-out spreads, gaps and halts appear here the moment they are seen. The same rule
                speaks of the same symbol once in five minutes.
              </p>
            </>
          )
        }
      />
    </section>
  );
}

/** The newest items, oldest first; undefined before the first word of the engine. */
function useScannerItems(isSeen: boolean): readonly ScannerItem[] | undefined {
  const { link } = useServices();
  const [items, setItems] = useState<readonly ScannerItem[]>();
  useEffect(() => {
    if (!isSeen) return;
    return link.events<ScannerItem>('scanner', {
      items: (more, _first, isSnapshot) =>
        setItems((known) => [...(isSnapshot ? [] : (known ?? [])), ...more].slice(-LOSSLESS_KEEP.scanner)),
    });
  }, [link, isSeen]);
  return items;
}

const COLUMNS: readonly DeskColumn<ScannerItem>[] = [
  {
    id: 'at',
    title: 'Time',
    explain: 'When it was seen, New York time',
    width: 68,
    isText: true,
    csv: ({ atUs }) => timeCell(atUs),
    cell: ({ atUs }) => (
      <time className="figure quiet" title={timeExplained(atUs)}>
        {timeText(atUs, 'second')}
      </time>
    ),
  },
  {
    id: 'symbol',
    title: 'Symbol',
    explain: 'Ticker',
    width: 68,
    isText: true,
    csv: ({ symbol }) => symbol,
    cell: ({ symbol }) => <SymbolLink symbol={symbol} />,
  },
  {
    id: 'rule',
    title: 'What',
    explain: 'The rule that saw it',
    width: 126,
    isText: true,
    csv: ({ rule }) => scannerRule(rule).name,
    cell: ({ rule }) => (
      <span className="scanner-rule" data-rule={rule} title={scannerRule(rule).explain}>
        {scannerRule(rule).name}
      </span>
    ),
  },
  {
    id: 'text',
    title: 'Numbers',
    explain: 'The numbers that made the rule speak',
    width: 120,
    grow: 1,
    isText: true,
    csv: ({ text }) => scannerText(text),
    cell: ({ text }) => (
      <span className="quiet scanner-text" title={scannerText(text)}>
        {scannerText(text)}
      </span>
    ),
  },
];
