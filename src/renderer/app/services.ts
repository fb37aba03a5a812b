/** What every part of a window shares: the link and the stores fed by it. Made once, handed down by React context. */
import { createContext, useContext } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import { CONSOLE_KEEP, type ConsoleItem, type DroverBridge } from '#protocol';
import type { EngineLink, LinkStatus } from '../link/engine-link.ts';
import { createEventList, type EventList } from '../stores/event-list.ts';
import { createMarketStore, type MarketStore } from '../stores/market-store.ts';
import { createMarketViewStore, type MarketViewStore } from '../stores/market-views.ts';
import { createPerf, type DroverPerf } from '../stores/perf.ts';
import { createSettingsStore, type SettingsStorage, type SettingsStore } from '../stores/settings-store.ts';
import { createClosedTradesStore, type ClosedTradesStore } from '../stores/trading-closed.ts';
import { createNoticeStore, type NoticeStore } from '../stores/trading-notices.ts';
import { createTradeBus } from '../stores/trading-selection.ts';
import { createHealthStore, createLinkStore, type HealthState } from '../stores/topic-stores.ts';
import { createWatchListStore, type WatchListStore } from '../stores/watch-lists.ts';
import { startAlerts, type Alerts } from '../notify/alerts.ts';
import { createFirstRunStore, type FirstRunStore } from '../stores/first-run.ts';
import { createHealthHistory, type HealthHistory } from '../stores/health-history.ts';
import { createPanelBus, type PanelBus } from './panel-bus.ts';
import { createLinkGroups, type LinkGroups } from '../layouts/link-groups.ts';
import { shareTrades, type SharedTrades } from '../layouts/share-trades.ts';
import { openWindowHost, type WindowHost } from '../layouts/window-host.ts';
import type { SymbolBus } from './symbol-bus.ts';

export interface Services {
  readonly link: EngineLink;
  readonly linkStatus: StoreApi<LinkStatus>;
  readonly health: StoreApi<HealthState>;
  readonly market: MarketStore;
  readonly console: EventList<ConsoleItem>;
  readonly settings: SettingsStore;
  readonly perf: DroverPerf;
  /** Of the first link group; a panel gets those of its own group. */
  readonly symbols: SymbolBus;
  readonly links: LinkGroups;
  readonly windows: WindowHost;
  readonly watchLists: WatchListStore;
  readonly views: MarketViewStore;
  readonly firstRun: FirstRunStore;
  readonly healthHistory: HealthHistory;
  /** Opens panels from anywhere. */
  readonly panels: PanelBus;
  /** Sounds and desktop notifications. */
  readonly alerts: Alerts;
  readonly trades: SharedTrades;
  readonly closedTrades: ClosedTradesStore;
  readonly notices: NoticeStore;
  /** Present in the desktop program, absent in a browser. */
  readonly bridge: DroverBridge | undefined;
}

export function createServices(link: EngineLink, storage: SettingsStorage, bridge: DroverBridge | undefined): Services {
  const consoleList = createEventList<ConsoleItem>(CONSOLE_KEEP);
  link.events<ConsoleItem>('console', { items: (items, _first, isSnapshot) => consoleList.append(items, isSnapshot) });
  const perf = createPerf();
  window.__droverPerf = perf;
  const settings = createSettingsStore(storage);
  const windows = openWindowHost(bridge);
  const links = createLinkGroups(windows.peers, storage);
  const symbols = links.busOf(() => 'A');
  symbols.join();
  const health = createHealthStore(link);
  return {
    link,
    linkStatus: createLinkStore(link),
    health,
    healthHistory: createHealthHistory(health),
    panels: createPanelBus(),
    market: createMarketStore(link, perf),
    console: consoleList,
    settings,
    perf,
    symbols,
    links,
    windows,
    watchLists: createWatchListStore(storage),
    views: createMarketViewStore(storage),
    firstRun: createFirstRunStore(storage),
    alerts: startAlerts(link, settings, (item) => item.symbol !== undefined && symbols.pick(item.symbol)),
    trades: shareTrades(createTradeBus(), windows.peers),
    closedTrades: createClosedTradesStore(link),
    notices: createNoticeStore(),
    bridge,
  };
}

const Context = createContext<Services | undefined>(undefined);
export const ServicesProvider = Context.Provider;

export function useServices(): Services {
  const services = useContext(Context);
  if (!services) throw new Error('a component that needs services is outside of their provider');
  return services;
}
