/** The common journeys in a browser. */
import { test } from 'playwright/test';
import type { BrowserContext } from 'playwright';
import { webHost } from '../hosts/web-host.ts';
import { workstationJourneys } from '../journeys/workstation.ts';

let context: BrowserContext;
test.beforeEach(({ context: fresh }) => {
  context = fresh;
});

workstationJourneys((journey) => journey((options) => webHost(context)(options)));
