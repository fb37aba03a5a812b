/** The native menu and dialogs, as a test sees and uses them. */
import type { ElectronApplication } from 'playwright';

/** Chooses an entry by its labels, as a click does. */
export function chooseMenu(app: ElectronApplication, ...labels: readonly string[]): Promise<void> {
  return app.evaluate(({ Menu, BrowserWindow }, path) => {
    let items = Menu.getApplicationMenu()?.items ?? [];
    for (const [at, label] of path.entries()) {
      const item = items.find((candidate) => candidate.label.replace('&', '') === label);
      if (item === undefined) throw new Error(`no menu entry ${path.slice(0, at + 1).join(' > ')}`);
      if (at === path.length - 1) {
        const front = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
        const { checked } = item;
        (item.click as (...args: unknown[]) => void)({}, front, front?.webContents);
        // Electron ticks an entry at the click; only a tick of the menu made anew is the engine's word.
        if (item.type === 'checkbox') item.checked = checked;
      }
      items = item.submenu?.items ?? [];
    }
  }, labels);
}

/** State of an entry: whether it is there, ticked, and usable. */
export function menuEntry(
  app: ElectronApplication,
  ...labels: readonly string[]
): Promise<{ readonly checked: boolean; readonly enabled: boolean; readonly accelerator: string } | null> {
  return app.evaluate(({ Menu }, path) => {
    let items = Menu.getApplicationMenu()?.items ?? [];
    let found: Electron.MenuItem | undefined;
    for (const label of path) {
      found = items.find((candidate) => candidate.label.replace('&', '') === label);
      items = found?.submenu?.items ?? [];
    }
    return found === undefined
      ? null
      : { checked: found.checked, enabled: found.enabled, accelerator: String(found.accelerator ?? '') };
  }, labels);
}

/** Answers every question from now on with the button that is among these texts. */
export function answerWith(app: ElectronApplication, ...buttons: readonly string[]): Promise<void> {
  return app.evaluate(({ dialog }, wanted) => {
    const heard = globalThis as unknown as { asked?: string[] };
    heard.asked ??= [];
    dialog.showMessageBox = (async (...args: readonly unknown[]) => {
      const options = args.at(-1) as { message: string; detail: string; buttons: string[] };
      heard.asked?.push(`${options.message} ${options.detail}`);
      return { response: options.buttons.findIndex((text) => wanted.includes(text)), checkboxChecked: false };
    }) as typeof dialog.showMessageBox;
  }, buttons);
}

export function asked(app: ElectronApplication): Promise<readonly string[]> {
  return app.evaluate(() => (globalThis as unknown as { asked?: string[] }).asked ?? []);
}
