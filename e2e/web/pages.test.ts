/** The pages in a browser. */
import { test } from 'playwright/test';
import type { BrowserContext } from 'playwright';
import { webHost } from '../hosts/web-host.ts';
import { pageJourneys } from '../journeys/pages.ts';

let context: BrowserContext;
test.beforeEach(({ context: fresh }) => {
  context = fresh;
});

pageJourneys((journey) => journey((options) => webHost(context)(options)));
