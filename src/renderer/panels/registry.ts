/** Every panel there is, in the order the palette lists them. */
import { chartsWallPanel } from './charts-wall/charts-wall-panel.tsx';
import { closedTradesPanel } from './closed-trades/closed-trades-panel.tsx';
import { consolePanel } from './console/console-panel.tsx';
import { dayStatsPanel } from './day-stats/day-stats-panel.tsx';
import { firstRunPanel } from './first-run/first-run-panel.tsx';
import { healthPanel } from './health/health-panel.tsx';
import { marketPanel } from './market/market-panel.tsx';
import { nearMissesPanel } from './near-misses/near-misses-panel.tsx';
import { watchListsPanel } from './watch-lists/watch-lists-panel.tsx';
import type { PanelDefinition } from './panel.ts';
import { positionsPanel } from './positions/positions-panel.tsx';
import { riskPanel } from './risk/risk-panel.tsx';
import { scannerPanel } from './scanner/scanner-panel.tsx';
import { settingsPanel } from './settings/settings-panel.tsx';
import { strategiesPanel } from './strategies/strategies-panel.tsx';
import { symbolPanel } from './symbol/symbol-panel.tsx';
import { tradePagePanel } from './trade-page/trade-page-panel.tsx';
import { workingOrdersPanel } from './working-orders/working-orders-panel.tsx';

export const PANELS: readonly PanelDefinition[] = [
  marketPanel,
  symbolPanel,
  chartsWallPanel,
  positionsPanel,
  workingOrdersPanel,
  closedTradesPanel,
  tradePagePanel,
  dayStatsPanel,
  nearMissesPanel,
  scannerPanel,
  consolePanel,
  watchListsPanel,
  strategiesPanel,
  riskPanel,
  healthPanel,
  settingsPanel,
  firstRunPanel,
];

export function panelOfKind(kind: string): PanelDefinition | undefined {
  return PANELS.find((panel) => panel.kind === kind);
}
