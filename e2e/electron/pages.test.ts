/** The newcomer and the pages in real Electron. */
import { electronHost } from '../hosts/electron-host.ts';
import { pageJourneys } from '../journeys/pages.ts';

pageJourneys((journey) => journey((options) => electronHost(options)));
