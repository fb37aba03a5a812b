/** A small curve of the last minutes, with its highest value. Nothing to press: the figure beside it is the value. */
import { HISTORY_SAMPLES } from '../../stores/health-history.ts';

const WIDTH = 300;
const HEIGHT = 36;

interface SparklineProps {
  readonly label: string;
  readonly values: readonly number[];
  readonly text: (value: number) => string;
}

export function Sparkline({ label, values, text }: SparklineProps) {
  const most = Math.max(...values, Number.MIN_VALUE);
  // Newest at the right edge, also while the curve is still short.
  const offset = HISTORY_SAMPLES - values.length;
  const points = values.map((value, at) => {
    const x = ((offset + at) / (HISTORY_SAMPLES - 1)) * WIDTH;
    return `${x.toFixed(1)},${(HEIGHT - 1 - (value / most) * (HEIGHT - 4)).toFixed(1)}`;
  });
  const first = ((offset / (HISTORY_SAMPLES - 1)) * WIDTH).toFixed(1);
  return (
    <div className="sparkline" role="img" aria-label={`${label} over the last five minutes, at most ${text(most)}`}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {points.length > 1 && (
          <>
            <polygon points={`${first},${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} />
            <polyline points={points.join(' ')} />
          </>
        )}
      </svg>
      <span className="quiet">
        <span>5 min</span>
        <span>at most {text(most)}</span>
      </span>
    </div>
  );
}
