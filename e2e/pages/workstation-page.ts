/** What every window of the workstation offers to hands: palette, panels, tabs, pop-outs. */
import type { Locator, Page } from 'playwright';
import { expect } from 'playwright/test';

/** Runs the first command of the palette that matches these words, by keyboard alone. */
export async function runCommand(page: Page, words: string): Promise<void> {
  const palette = page.getByTestId('palette');
  await page.keyboard.press('Control+k');
  await palette.getByRole('combobox').fill(words);
  await expect(palette.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(palette).toHaveCount(0);
}

export const openPanel = (page: Page, title: string): Promise<void> => runCommand(page, `open ${title}`);

export const tab = (page: Page, title: string): Locator =>
  page.locator('.dv-tab').filter({ has: page.getByText(title, { exact: true }) });

export const tabs = async (page: Page): Promise<readonly string[]> =>
  (await page.locator('.dock-tab > span:nth-child(2)').allTextContents()).toSorted();

/** Pops a panel out through the menu of its tab; `opened` waits for the window that appears. */
export async function popOut(page: Page, title: string, opened: () => Promise<Page>): Promise<Page> {
  await tab(page, title).click({ button: 'right' });
  const [window] = await Promise.all([
    opened(),
    page.getByRole('menuitem', { name: 'Pop out to its own window' }).click(),
  ]);
  await tab(window, title).waitFor();
  return window;
}

/** Arms and presses a button that moves money: a moment between the presses, or they count as a double click. */
export async function pressTwice(button: Locator, isDone: () => Promise<void>): Promise<void> {
  // Being armed lasts three seconds; a slow machine may need another try.
  await expect(async () => {
    // It goes with what it acts on: then only its doing is to be waited for.
    if ((await button.count()) > 0) {
      await button.click({ timeout: 2_000 });
      await expect(button).toHaveAttribute('data-state', 'armed', { timeout: 1_000 });
      await button.page().waitForTimeout(300);
      await button.click({ timeout: 2_000 });
    }
    await isDone();
  }).toPass({ timeout: 60_000 });
}
