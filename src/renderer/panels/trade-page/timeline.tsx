/** The life of the trade, line by line, from the signal to flat. A click on a line shows what caused it. */
import { useState } from 'react';
import type { TimelineItem } from '#protocol';
import { countText } from '../../format/number.ts';
import { timeExplained, timeText } from '../../format/time.ts';
import { causeOf } from './trade-words.ts';

interface TimelineProps {
  readonly items: readonly TimelineItem[];
  /** Lines after this instant have not happened yet; null: all have. */
  readonly atUs: number | null;
}

export function Timeline({ items, atUs }: TimelineProps) {
  const [chosen, setChosen] = useState<number>();
  const from = chosen === undefined ? undefined : items[chosen];
  const cause = from && causeOf(from, items);
  const causeAt = cause === undefined ? -1 : items.indexOf(cause);
  return (
    <section className="trade-section" aria-labelledby="timeline-title" data-testid="timeline">
      <h3 id="timeline-title">Timeline</h3>
      {items.length === 0 && (
        <p className="trade-note">Nothing is journalled of this trade: it is older than the history that is kept.</p>
      )}
      <ol className="timeline">
        {items.map((item, at) => (
          <li
            key={`${item.inputNo} ${item.id} ${at}`}
            data-kind={item.kind}
            data-chosen={at === chosen || undefined}
            data-cause={at === causeAt || undefined}
            data-future={(atUs !== null && item.atUs > atUs) || undefined}
          >
            <button
              type="button"
              aria-pressed={at === chosen}
              title={`${item.kind} ${item.id}\ncaused by ${item.cause === '' ? 'the market' : item.cause}`}
              onClick={() => setChosen(at === chosen ? undefined : at)}
            >
              <time title={timeExplained(item.atUs)}>{timeText(item.atUs)}</time>
              <span className="timeline-input figure" title="Number of the input of the engine that it followed from">
                {countText(item.inputNo)}
              </span>
              <span className="timeline-kind">{item.kind}</span>
              <span className="timeline-text">{item.text}</span>
              <span className="timeline-id">{item.id}</span>
            </button>
          </li>
        ))}
      </ol>
      {from && <Cause item={from} cause={cause} />}
    </section>
  );
}

function Cause({ item, cause }: { readonly item: TimelineItem; readonly cause: TimelineItem | undefined }) {
  return (
    <p className="trade-note" role="status">
      <b>{item.text}</b>{' '}
      {cause === undefined ? (
        <>
          followed from input <b className="figure">{countText(item.inputNo)}</b>
          {item.cause !== '' && item.cause !== item.id && <> (cause {item.cause})</>}
        </>
      ) : (
        <>
          because of <b>{cause.text}</b> at {timeText(cause.atUs)} (input {countText(cause.inputNo)})
        </>
      )}
    </p>
  );
}
