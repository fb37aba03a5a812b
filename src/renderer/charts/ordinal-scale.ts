/**
 * A horizontal scale of bar indices: every bar is one step, whatever its time. Labels are New York times, denser where one
 * zooms in, and a tick stands where the clock turns (hour, ten minutes, minute, second) rather than at round indices.
 */
import type {
  ChartOptionsImpl,
  IHorzScaleBehavior,
  InternalHorzScaleItem,
  InternalHorzScaleItemKey,
  TickMark,
  TickMarkWeightValue,
  TimeMark,
  TimeScalePoint,
} from 'lightweight-charts';
import { newYorkOffsetMs, timeText } from '../format/time.ts';

/** Clock steps in microseconds and the weight of a bar that is the first in a new one. Greater weights get labels first. */
const STEPS: readonly (readonly [number, number])[] = [
  [3_600e6, 90],
  [1_800e6, 80],
  [600e6, 70],
  [300e6, 60],
  [60e6, 50],
  [30e6, 40],
  [10e6, 30],
  [1e6, 20],
];
const WEIGHT_SECOND = 20;
const WEIGHT_MINUTE = 50;
const WEIGHT_NONE = 10;

/** Weight of a bar that closed at `atUs` after one that closed at `beforeUs` (both epoch microseconds; 0 = unknown). */
export function tickWeight(beforeUs: number, atUs: number): number {
  if (!(atUs > 0) || !(beforeUs > 0)) return 0;
  const shiftUs = newYorkOffsetMs(Math.floor(atUs / 1000)) * 1000;
  for (const [stepUs, weight] of STEPS)
    if (Math.floor((atUs + shiftUs) / stepUs) !== Math.floor((beforeUs + shiftUs) / stepUs)) return weight;
  return WEIGHT_NONE;
}

/** Text of a tick: "09:47", "09:47:12", or "12.304" among bars of one second. */
export function tickLabel(atUs: number, weight: number): string {
  if (!(atUs > 0)) return '';
  if (weight >= WEIGHT_MINUTE) return timeText(atUs, 'minute');
  if (weight >= WEIGHT_SECOND) return timeText(atUs, 'second');
  return timeText(atUs).slice(6);
}

/** `timeOf` gives the closing time of a bar by its index, epoch microseconds, or 0. */
export function createOrdinalScale(timeOf: (index: number) => number): IHorzScaleBehavior<number> {
  let options: ChartOptionsImpl<number>;
  const same = (item: number): InternalHorzScaleItem => item as unknown as InternalHorzScaleItem;
  const indexOf = (item: InternalHorzScaleItem | number): number => item as unknown as number;
  return {
    options: () => options,
    setOptions: (given) => {
      options = given;
    },
    preprocessData: () => undefined,
    updateFormatter: () => undefined,
    convertHorzItemToInternal: same,
    createConverterToInternalObj: () => (time) => same(time as number),
    key: (item) => indexOf(item) as unknown as InternalHorzScaleItemKey,
    cacheKey: (item) => indexOf(item),
    formatHorzItem: (item) => timeText(timeOf(indexOf(item))),
    formatTickmark: (mark: TickMark) => tickLabel(timeOf(indexOf(mark.time)), mark.weight),
    maxTickMarkWeight: (marks: TimeMark[]) => {
      let heaviest = marks[0]?.weight ?? (0 as TickMarkWeightValue);
      for (const mark of marks) if (mark.weight > heaviest) heaviest = mark.weight;
      return heaviest;
    },
    fillWeightsForPoints: (points, start) => {
      for (let i = start; i < points.length; i++) {
        const point = points[i] as { -readonly [K in keyof TimeScalePoint]: TimeScalePoint[K] };
        const before = i === 0 ? 0 : timeOf(indexOf((points[i - 1] as TimeScalePoint).time));
        point.timeWeight = tickWeight(before, timeOf(indexOf(point.time))) as TickMarkWeightValue;
      }
    },
    // A chart that turns to another symbol has other times at the same indices.
    shouldResetTickmarkLabels: () => true,
  };
}
