/** Every panel there is, in the order the palette lists them. */
import { chartsWallPanel } from './charts-wall/charts-wall-panel.tsx';
import { consolePanel } from './console/console-panel.tsx';
import { marketPanel } from './market/market-panel.tsx';
import type { PanelDefinition } from './panel.ts';
import { symbolPanel } from './symbol/symbol-panel.tsx';

export const PANELS: readonly PanelDefinition[] = [marketPanel, symbolPanel, chartsWallPanel, consolePanel];

export function panelOfKind(kind: string): PanelDefinition | undefined {
  return PANELS.find((panel) => panel.kind === kind);
}
