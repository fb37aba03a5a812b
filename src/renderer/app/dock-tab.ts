/** A tab of the dock: its title and a close mark that shows itself on hover. Keyboards close panels from the palette. */
import type { ITabRenderer } from 'dockview';

export function createDockTab(): ITabRenderer {
  const element = document.createElement('div');
  element.className = 'dock-tab';
  const title = element.appendChild(document.createElement('span'));
  // Not a button: a control inside a tab confuses assistive technology.
  const close = element.appendChild(document.createElement('span'));
  close.className = 'dock-tab-close';
  close.title = 'Close';
  close.textContent = '×';
  return {
    element,
    init: ({ api, title: first }) => {
      title.textContent = first;
      api.onDidTitleChange((event) => {
        title.textContent = event.title;
      });
      // The tab itself takes pointer presses for dragging.
      close.addEventListener('pointerdown', (event) => event.stopPropagation());
      close.addEventListener('click', (event) => {
        event.stopPropagation();
        api.close();
      });
    },
  };
}
