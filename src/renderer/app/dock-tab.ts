/**
 * A tab of the dock: its title, the letter of its link group, and a close mark that shows itself on hover. Keyboards close
 * panels from the palette or the tab's context menu.
 */
import type { ITabRenderer } from 'dockview';
import { isLinkGroup, LINK_WORDS } from '../layouts/link-groups.ts';

/** The group that is not worth a mark. */
const USUAL = 'A';

export function createDockTab(): ITabRenderer {
  const element = document.createElement('div');
  element.className = 'dock-tab';
  const badge = element.appendChild(document.createElement('span'));
  badge.className = 'link-badge';
  const title = element.appendChild(document.createElement('span'));
  // Filled in by the dock while the window looks back.
  element.appendChild(document.createElement('span')).className = 'dock-tab-when';
  // Not a button: a control inside a tab confuses assistive technology.
  const close = element.appendChild(document.createElement('span'));
  close.className = 'dock-tab-close';
  close.title = 'Close';
  close.textContent = '×';
  const showGroup = (params: Readonly<Record<string, unknown>> | undefined): void => {
    const group = isLinkGroup(params?.['link']) ? params['link'] : USUAL;
    badge.toggleAttribute('data-shown', group !== USUAL);
    badge.dataset['group'] = group;
    badge.textContent = group;
    badge.title = LINK_WORDS[group];
  };
  return {
    element,
    init: ({ api, title: first, params }) => {
      element.dataset['panel'] = api.id;
      title.textContent = first;
      showGroup(params);
      api.onDidTitleChange((event) => {
        title.textContent = event.title;
      });
      api.onDidParametersChange(showGroup);
      // The tab itself takes pointer presses for dragging.
      close.addEventListener('pointerdown', (event) => event.stopPropagation());
      close.addEventListener('click', (event) => {
        event.stopPropagation();
        api.close();
      });
    },
  };
}
