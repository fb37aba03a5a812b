/** Where windows may lie: names a set of monitors, and brings bounds back onto one of them. Pure; knows no Electron. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface DisplayShape {
  /** The system's own number; some systems give the same monitor another one after a restart. */
  readonly id: number;
  readonly bounds: Rectangle;
  /** Without task bars and docks. */
  readonly workArea: Rectangle;
  readonly scaleFactor: number;
}

export const WINDOW_MIN = { width: 640, height: 480 } as const;
const WINDOW_FIRST = { width: 1440, height: 900 } as const;
/** So much of a window's upper edge has to lie on a monitor, or nobody can take hold of it. */
const GRIP = { width: 120, height: 40 } as const;

/** Monitors of the same sizes and scales in the same places give the same name, in whatever order the system lists them. */
export function displaySetKey(displays: readonly DisplayShape[]): string {
  return displays
    .map(({ bounds, scaleFactor }) => `${bounds.width}x${bounds.height}@${scaleFactor}+${bounds.x},${bounds.y}`)
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .join(' ');
}

/** The set that was made of these very monitors, else one of the same shape; undefined when there is neither. */
export function matchSet<S extends { readonly displays: readonly DisplayShape[] }>(
  sets: readonly S[],
  now: readonly DisplayShape[],
): S | undefined {
  const shape = displaySetKey(now);
  const ids = idsOf(now);
  const same = sets.filter((set) => displaySetKey(set.displays) === shape);
  return same.find((set) => idsOf(set.displays) === ids) ?? same[0];
}

/**
 * Where a window of the monitors `from` belongs on the monitors `to`: at the same part of the same monitor when it is still
 * there, in whatever size and scale; else on the nearest one.
 */
export function carryOver(bounds: Rectangle, from: readonly DisplayShape[], to: readonly DisplayShape[]): Rectangle {
  const home = nearestDisplay(bounds, from);
  const target = home === undefined ? undefined : sameDisplay(home, to);
  if (home === undefined || target === undefined) return fitBounds(bounds, to);
  const [a, b] = [home.workArea, target.workArea];
  const across = b.width / a.width;
  const down = b.height / a.height;
  return fitBounds(
    {
      x: Math.round(b.x + (bounds.x - a.x) * across),
      y: Math.round(b.y + (bounds.y - a.y) * down),
      width: Math.round(bounds.width * across),
      height: Math.round(bounds.height * down),
    },
    to,
  );
}

/** Left to right, then top to bottom: the order in which people number their monitors. */
export function inReadingOrder<D extends DisplayShape>(displays: readonly D[]): readonly D[] {
  return displays.toSorted((a, b) => a.bounds.x - b.bounds.x || a.bounds.y - b.bounds.y);
}

/** The size a maximized window on `area` has when it is not maximized. */
export function insetBounds(area: Rectangle): Rectangle {
  const [across, down] = [Math.round(area.width / 10), Math.round(area.height / 10)];
  return { x: area.x + across, y: area.y + down, width: area.width - 2 * across, height: area.height - 2 * down };
}

export function isSameRectangle(a: Rectangle, b: Rectangle): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** As they are when they can be reached, else moved and shrunk into the nearest work area. */
export function fitBounds(bounds: Rectangle, displays: readonly DisplayShape[]): Rectangle {
  const areas = displays.map((display) => display.workArea);
  const isReachable = areas.some((area) =>
    overlap(area, { x: bounds.x, y: bounds.y, width: bounds.width, height: GRIP.height }, GRIP.width, GRIP.height / 2),
  );
  const home = nearest(bounds, areas);
  if (home === undefined) return bounds;
  const width = Math.min(Math.max(bounds.width, WINDOW_MIN.width), home.width);
  const height = Math.min(Math.max(bounds.height, WINDOW_MIN.height), home.height);
  if (isReachable && bounds.y >= home.y && width === bounds.width && height === bounds.height) return bounds;
  return {
    x: clamp(bounds.x, home.x, home.x + home.width - width),
    y: clamp(bounds.y, home.y, home.y + home.height - height),
    width,
    height,
  };
}

/** Where a window without a remembered place opens: centred, and a step away from `others` so that none is hidden. */
export function firstBounds(area: Rectangle, others: number): Rectangle {
  const width = Math.min(WINDOW_FIRST.width, area.width);
  const height = Math.min(WINDOW_FIRST.height, area.height);
  const step = (others % 8) * 32;
  const x = area.x + Math.floor((area.width - width) / 2) + step;
  const y = area.y + Math.floor((area.height - height) / 2) + step;
  return {
    x: clamp(x, area.x, area.x + area.width - width),
    y: clamp(y, area.y, area.y + area.height - height),
    width,
    height,
  };
}

function overlap(a: Rectangle, b: Rectangle, width: number, height: number): boolean {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return across >= Math.min(width, b.width) && down >= height;
}

const idsOf = (displays: readonly DisplayShape[]): string =>
  displays
    .map(({ id }) => id)
    .toSorted((a, b) => a - b)
    .join(' ');

function nearestDisplay(bounds: Rectangle, displays: readonly DisplayShape[]): DisplayShape | undefined {
  const area = nearest(
    bounds,
    displays.map((display) => display.workArea),
  );
  return displays.find((display) => display.workArea === area);
}

/** The same monitor by number, which may have moved or changed its scale; else one of the same size in the same place. */
function sameDisplay(wanted: DisplayShape, displays: readonly DisplayShape[]): DisplayShape | undefined {
  return (
    displays.find(({ id }) => id === wanted.id) ?? displays.find(({ bounds }) => isSameRectangle(bounds, wanted.bounds))
  );
}

/** The area that holds most of it; when none holds anything, the one whose centre is closest. */
function nearest(bounds: Rectangle, areas: readonly Rectangle[]): Rectangle | undefined {
  const shared = (area: Rectangle): number =>
    Math.max(0, Math.min(area.x + area.width, bounds.x + bounds.width) - Math.max(area.x, bounds.x)) *
    Math.max(0, Math.min(area.y + area.height, bounds.y + bounds.height) - Math.max(area.y, bounds.y));
  const distance = (area: Rectangle): number =>
    Math.hypot(
      area.x + area.width / 2 - bounds.x - bounds.width / 2,
      area.y + area.height / 2 - bounds.y - bounds.height / 2,
    );
  return areas.toSorted((a, b) => shared(b) - shared(a) || distance(a) - distance(b))[0];
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, Math.max(low, high)));
}
