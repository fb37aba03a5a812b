/** The controls of the time machine, and what the trade was at the instant shown. Honest about what is not kept. */
import { Pause, Play, SkipBack, StepBack, StepForward, X } from 'lucide-react';
import type { BarView, TradeDetail } from '#protocol';
import { priceText } from '../../format/number.ts';
import { timeExplained, timeText } from '../../format/time.ts';
import { Result } from '../../parts/figure.tsx';
import { closedBy } from './time-machine.ts';
import { holdingAt } from './trade-words.ts';
import { SPEEDS, type Playback } from './use-playback.ts';

const NOT_KEPT =
  'Bars, fills, decisions and exit plans are as they were. Quotes inside a bar and the rules between the fire and now are not kept: the bid is the one at the close of the bar, a trail is worked out from those, and the rules are the ones at the fire.';

interface TimeMachineBarProps {
  readonly detail: TradeDetail;
  readonly bars: readonly BarView[];
  readonly playback: Playback;
}

export function TimeMachineBar({ detail, bars, playback }: TimeMachineBarProps) {
  const { atUs, isPlaying, speed } = playback;
  const first = bars[0]?.closeTimeUs ?? 0;
  const last = bars.at(-1)?.closeTimeUs ?? 0;
  const isEmpty = bars.length === 0;
  return (
    <div className="time-machine" data-testid="time-machine" data-past={atUs !== null || undefined}>
      <span className="time-buttons" role="group" aria-label="Time machine">
        <MachineButton title="Back to before the signal" isDisabled={isEmpty} onPress={playback.restart}>
          <SkipBack size={13} aria-hidden="true" />
        </MachineButton>
        <MachineButton title="One step back" isDisabled={isEmpty} onPress={() => playback.step(-1)}>
          <StepBack size={13} aria-hidden="true" />
        </MachineButton>
        <MachineButton title={isPlaying ? 'Pause' : 'Play from here'} isDisabled={isEmpty} onPress={playback.toggle}>
          {isPlaying ? <Pause size={13} aria-hidden="true" /> : <Play size={13} aria-hidden="true" />}
        </MachineButton>
        <MachineButton title="One step: the next bar or fill" isDisabled={isEmpty} onPress={() => playback.step(1)}>
          <StepForward size={13} aria-hidden="true" />
        </MachineButton>
      </span>
      <span className="time-speeds" role="group" aria-label="Speed">
        {SPEEDS.map((one) => (
          <button
            key={one}
            type="button"
            className="icon-button"
            aria-pressed={one === speed}
            title={`${one} times the market's own time`}
            onClick={() => playback.setSpeed(one)}
          >
            x{one}
          </button>
        ))}
      </span>
      <input
        type="range"
        className="time-slider"
        aria-label="Instant shown"
        aria-valuetext={timeText(atUs ?? last)}
        min={0}
        max={Math.max(1, Math.round((last - first) / 1000))}
        value={Math.round(((atUs ?? last) - first) / 1000)}
        disabled={isEmpty}
        onChange={(event) => playback.goTo(first + Number(event.target.value) * 1000)}
      />
      {atUs === null ? (
        <span className="quiet time-state" title={NOT_KEPT}>
          {isEmpty ? 'no bars to step through' : 'play or step it from before the signal'}
        </span>
      ) : (
        <Moment detail={detail} bars={bars} atUs={atUs} onLeave={playback.leave} />
      )}
    </div>
  );
}

interface MomentProps {
  readonly detail: TradeDetail;
  readonly bars: readonly BarView[];
  readonly atUs: number;
  readonly onLeave: () => void;
}

function Moment({ detail, bars, atUs, onLeave }: MomentProps) {
  const bid = bars[closedBy(bars, atUs) - 1]?.bidAtClose ?? 0;
  const { held, gross, entry } = holdingAt(detail.fills, atUs, bid);
  return (
    <span className="time-state" title={NOT_KEPT}>
      <b className="time-at" title={timeExplained(atUs)} data-testid="time-machine-at">
        {timeText(atUs)}
      </b>
      <span className="figure">bid {priceText(bid)}</span>
      <span className="figure" data-testid="time-machine-held">
        {entry === 0 ? (atUs < detail.signalUs ? 'before the signal' : 'nothing held') : `${held} sh`}
      </span>
      {entry > 0 && (
        <span>
          <Result micros={gross} /> <span className="quiet">before commissions</span>
        </span>
      )}
      <button type="button" className="icon-button labelled" onClick={onLeave}>
        <X size={12} aria-hidden="true" />
        <span>{detail.isOpen ? 'Back to now' : 'Leave the past'}</span>
      </button>
    </span>
  );
}

interface MachineButtonProps {
  readonly title: string;
  readonly isDisabled: boolean;
  readonly onPress: () => void;
  readonly children: React.ReactNode;
}

function MachineButton({ title, isDisabled, onPress, children }: MachineButtonProps) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={title}
      title={title}
      disabled={isDisabled}
      onClick={onPress}
    >
      {children}
    </button>
  );
}
