/** The journeys of trading in a browser. */
import { test } from 'playwright/test';
import type { BrowserContext } from 'playwright';
import { webHost } from '../hosts/web-host.ts';
import { tradeJourneys } from '../journeys/trades.ts';

let context: BrowserContext;
test.beforeEach(({ context: fresh }) => {
  context = fresh;
});

tradeJourneys((journey) => journey((options) => webHost(context)(options)));
