/** The journeys of trading in real Electron. */
import { electronHost } from '../hosts/electron-host.ts';
import { tradeJourneys } from '../journeys/trades.ts';

tradeJourneys((journey) => journey((options) => electronHost(options)));
