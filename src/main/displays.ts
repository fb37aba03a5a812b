/** Where windows may lie: names a set of monitors, and brings bounds back onto one of them. Pure; knows no Electron. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface DisplayShape {
  readonly bounds: Rectangle;
  /** Without task bars and docks. */
  readonly workArea: Rectangle;
  readonly scaleFactor: number;
}

export const WINDOW_MIN = { width: 640, height: 480 } as const;
const WINDOW_FIRST = { width: 1440, height: 900 } as const;
/** So much of a window's upper edge has to lie on a monitor, or nobody can take hold of it. */
const GRIP = { width: 120, height: 40 } as const;

/** The same monitors in the same places give the same name, in whatever order the system lists them. */
export function displaySetKey(displays: readonly DisplayShape[]): string {
  return displays
    .map(({ bounds, scaleFactor }) => `${bounds.width}x${bounds.height}@${scaleFactor}+${bounds.x},${bounds.y}`)
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .join(' ');
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
