/** The newcomer and the pages in a browser. */
import { test } from 'playwright/test';
import type { BrowserContext } from 'playwright';
import { webHost } from '../hosts/web-host.ts';
import { openEveryPanel, pageJourneys } from '../journeys/pages.ts';

let context: BrowserContext;
test.beforeEach(({ context: fresh }) => {
  context = fresh;
});

// In Electron the native menu opens every panel.
pageJourneys(
  (journey) => journey((options) => webHost(context)(options)),
  (page) => test.step('every panel of the palette opens and is well', () => openEveryPanel(page)),
);
