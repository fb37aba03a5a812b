/** What a screen reader and weak eyes need, by axe: every rule in the dark theme, contrast in the light one too. */
import type { Page } from 'playwright';
import axe from 'axe-core';
import { expect } from 'playwright/test';

/** Once for a page that was loaded: its policy refuses scripts of others, the debugger's are let in. */
export async function installAxe(page: Page): Promise<void> {
  await page.evaluate(axe.source);
}

/** No rule of axe is broken in what `title` shows now: in the panels in front, or in a dialogue over them. */
export async function isAccessible(page: Page, title: string): Promise<void> {
  const faults = await page.evaluate(findFaults);
  expect(faults, `what axe finds with '${title}' in front`).toEqual([]);
}

/** Runs in the page. The unit test of the tokens judges the colours of every palette; here it is where they are used. */
async function findFaults(): Promise<string[]> {
  const { axe: judge } = window as unknown as { axe: typeof axe };
  const root = document.documentElement;
  const before = root.dataset['theme'] ?? '';
  const faults: string[] = [];
  for (const theme of ['dark', 'light']) {
    root.dataset['theme'] = theme;
    const { violations } = await judge.run(document, {
      resultTypes: ['violations'],
      ...(theme === 'dark' ? {} : { runOnly: ['color-contrast'] }),
    });
    for (const { id, nodes } of violations)
      for (const node of nodes) faults.push(`${theme}: ${id}: ${node.html.slice(0, 160)}`);
  }
  root.dataset['theme'] = before;
  return faults;
}
