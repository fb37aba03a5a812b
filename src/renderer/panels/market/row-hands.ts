/** What hands do to a row of the market: open it, mark it, copy it, drag it, and the menu that offers all of that. */
import type { DragEvent, KeyboardEvent, MouseEvent, ReactNode } from 'react';
import { copyText } from '../../app/copy-text.ts';
import { useContextMenu, type MenuEntry } from '../../app/context-menu.tsx';
import { useServices } from '../../app/services.ts';
import type { MarketMirror } from '../../stores/market-mirror.ts';
import { activeList, createList, hasSymbol, toggleSymbol } from '../../stores/watch-lists.ts';
import type { GridController } from './grid-controller.ts';
import { cellText, rowText } from './market-export.ts';
import { SYMBOL_DRAG } from './market-view.ts';

const LISTS_IN_MENU = 8;

export interface RowHands {
  readonly menu: ReactNode;
  /** True when the key was meant for here. */
  readonly onKeyDown: (event: KeyboardEvent) => boolean;
  readonly onContextMenu: (event: MouseEvent) => void;
  readonly onDoubleClick: (event: MouseEvent) => void;
  readonly onDragStart: (event: DragEvent) => void;
}

export function useRowHands(
  controller: GridController,
  mirror: MarketMirror,
  columns: readonly string[],
  exportRows: () => void,
): RowHands {
  const { panels, watchLists, notices } = useServices();
  const [menu, openMenu] = useContextMenu();

  const open = (symbol: string): void => {
    controller.jump(symbol, true);
    panels.open('symbol');
  };
  const mark = (symbol: string): void => {
    const state = watchLists.getState();
    const list = activeList(state);
    watchLists.setState(toggleSymbol(state, list.id, symbol));
    const did = hasSymbol(state, list.id, symbol) ? 'taken off' : 'put on';
    notices.say('info', `${symbol} was ${did} the list “${list.name}”.`, { symbol });
  };
  const copy = (symbol: string, text: (row: number) => string): void => {
    const row = mirror.rowOf(symbol);
    if (row !== undefined && !copyText(text(row))) notices.say('warn', 'The clipboard could not be written.');
  };
  const entries = (symbol: string): readonly MenuEntry[] => {
    const state = watchLists.getState();
    return [
      { label: `Open ${symbol}`, keys: 'Enter', run: () => open(symbol) },
      ...state.lists.slice(0, LISTS_IN_MENU).map((list, at) => ({
        label: `On the list “${list.name}”`,
        isChecked: list.symbols.includes(symbol),
        isGroupStart: at === 0,
        ...(list.id === state.activeId ? { keys: 'Ctrl D' } : {}),
        run: () => watchLists.setState(toggleSymbol(watchLists.getState(), list.id, symbol)),
      })),
      {
        label: `New list with ${symbol}`,
        run: () => watchLists.setState(createList(watchLists.getState(), 'List', [symbol])),
      },
      { label: 'Copy symbol', isGroupStart: true, run: () => copy(symbol, () => symbol) },
      { label: 'Copy row', keys: 'Ctrl Shift C', run: () => copy(symbol, (row) => rowText(mirror, row, columns)) },
      { label: 'Export these rows', run: exportRows },
    ];
  };

  return {
    menu,
    onKeyDown: (event) => {
      const symbol = controller.cursorSymbol();
      if (symbol === undefined || event.target instanceof HTMLInputElement) return false;
      const isCommand = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (isCommand && key === 'd') mark(symbol);
      else if (isCommand && key === 'c' && event.shiftKey) copy(symbol, (row) => rowText(mirror, row, columns));
      else if (isCommand && key === 'c')
        copy(symbol, (row) => cellText(mirror, row, controller.focusedColumn() ?? 'symbol'));
      else if (key === 'enter' && (event.target as HTMLElement).closest('.ag-row') !== null) open(symbol);
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
    onContextMenu: (event) => {
      const symbol = symbolAt(event.target, controller, mirror);
      if (symbol === undefined) return;
      controller.jump(symbol, true);
      openMenu(event, `${symbol} in the market`, entries(symbol));
    },
    onDoubleClick: (event) => {
      const symbol = symbolAt(event.target, controller, mirror);
      if (symbol !== undefined) open(symbol);
    },
    onDragStart: (event) => {
      const symbol = symbolAt(event.target, controller, mirror);
      if (symbol === undefined) return;
      event.dataTransfer.setData(SYMBOL_DRAG, symbol);
      event.dataTransfer.setData('text/plain', symbol);
      event.dataTransfer.effectAllowed = 'copy';
    },
  };
}

function symbolAt(target: EventTarget, controller: GridController, mirror: MarketMirror): string | undefined {
  const slot = Number((target as Element).closest('[row-index]')?.getAttribute('row-index') ?? Number.NaN);
  return slot < controller.order.length ? mirror.names[controller.order.rowAt[slot] as number] : undefined;
}
