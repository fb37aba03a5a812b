/** The bar between stop and target: entry, trail and the price now. Says the same in words to those who cannot see it. */
import type { PositionRow } from '#protocol';
import { microPriceText } from '../../format/money.ts';
import { priceText } from '../../format/number.ts';
import { exitWords } from '../../format/exit-words.ts';
import { distanceScale } from './distance-scale.ts';

export function DistanceBar({ position }: { readonly position: PositionRow }) {
  const { entry, bid, exits } = position;
  const scale = distanceScale(entry, bid, exits);
  if (scale === null) return <span className="quiet">no price</span>;
  const percent = (place: number): string => `${place * 100}%`;
  const words = exits
    .filter(({ price }) => price !== null)
    .map(({ rule, price }) => `${exitWords(rule)} ${microPriceText(price)}`)
    .join(', ');
  const from = Math.min(scale.entry, scale.price);
  const title = `bid ${priceText(bid)}, entry ${microPriceText(entry)}${words === '' ? '' : `, ${words}`}`;
  return (
    <span className="distance-bar" role="img" aria-label={title} title={title}>
      <i className="distance-track" />
      <i
        className="distance-run"
        data-tone={scale.price >= scale.entry ? 'up' : 'down'}
        style={{ left: percent(from), width: percent(Math.abs(scale.price - scale.entry)) }}
      />
      {scale.stop !== null && <i className="distance-mark" data-kind="stop" style={{ left: percent(scale.stop) }} />}
      {scale.trail !== null && <i className="distance-mark" data-kind="trail" style={{ left: percent(scale.trail) }} />}
      {scale.target !== null && (
        <i className="distance-mark" data-kind="target" style={{ left: percent(scale.target) }} />
      )}
      <i className="distance-mark" data-kind="entry" style={{ left: percent(scale.entry) }} />
      <i className="distance-price" style={{ left: percent(scale.price) }} />
    </span>
  );
}

/** The exit that is nearest to firing. */
export function nextExitOf(position: PositionRow): PositionRow['exits'][number] | undefined {
  return position.exits.find(({ isNext }) => isNext);
}
