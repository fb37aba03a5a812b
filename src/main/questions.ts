/** Asks with the system's own dialogs. They come from main, so they work while a window hangs. */
import { BrowserWindow, dialog } from 'electron';
import type { Question } from './trading-questions.ts';

/** The button that was chosen; closing the dialog counts as the last one, which changes nothing. */
export async function ask(question: Question): Promise<number> {
  const options = {
    type: 'warning' as const,
    title: 'Drover',
    message: question.message,
    detail: question.detail,
    buttons: [...question.buttons],
    // Enter must not move money.
    defaultId: question.buttons.length - 1,
    cancelId: question.buttons.length - 1,
    noLink: true,
  };
  const parent = BrowserWindow.getFocusedWindow();
  const { response } = await (parent === null
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(parent, options));
  return response;
}

export async function tell(message: string, detail: string): Promise<void> {
  await dialog.showMessageBox({ type: 'info', title: 'Drover', message, detail, buttons: ['OK'], noLink: true });
}
