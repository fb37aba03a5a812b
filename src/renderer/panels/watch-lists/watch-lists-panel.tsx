/** Watch lists: one's own symbols in one's own order, live. Rows are dragged or moved by key; lists come and go as CSV. */
import { Star } from 'lucide-react';
import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.ts';
import { downloadText } from '../../format/csv.ts';
import { useOnScreen } from '../../parts/seen-topic.ts';
import { useFit, type Size } from '../../parts/use-fit.ts';
import {
  activeList,
  addSymbols,
  createList,
  exportLists,
  importLists,
  removeList,
  renameList,
  type WatchList,
} from '../../stores/watch-lists.ts';
import type { PanelDefinition } from '../panel.ts';
import { WatchRows } from './watch-rows.tsx';
import './watch-lists.css';

export const watchListsPanel: PanelDefinition = {
  kind: 'watch-lists',
  title: 'Watch lists',
  explain: 'Your own lists of symbols, live: drag to order, import and export as CSV',
  icon: Star,
  component: WatchListsPanel,
  opensBeside: true,
  whileLookingBack: 'past',
};

const SYMBOL_CHARS_MOST = 16;

function WatchListsPanel() {
  const { watchLists } = useServices();
  const state = useStore(watchLists);
  const list = activeList(state);
  const host = useRef<HTMLElement>(null);
  const isOnScreen = useOnScreen(host);
  useFit(host, columnsFor);
  return (
    <section ref={host} className="watch-lists" aria-label="Watch lists" data-testid="watch-lists">
      <div className="watch-tabs" role="group" aria-label="Lists">
        {state.lists.map(({ id, name, symbols }) => (
          <button
            key={id}
            type="button"
            className="view-tab"
            aria-pressed={id === list.id}
            title={id === list.id ? 'Keys and menus add to this list' : `Show ${name}`}
            onClick={() => watchLists.setState({ activeId: id })}
          >
            {name}
            <i>{symbols.length}</i>
          </button>
        ))}
        <button
          type="button"
          className="view-tab"
          title="Makes another, empty list"
          onClick={() => watchLists.setState(createList(state, 'List'))}
        >
          New list
        </button>
      </div>
      <ListBar key={list.id} list={list} isOnly={state.lists.length === 1} />
      {isOnScreen && <WatchRows list={list} />}
    </section>
  );
}

function columnsFor({ width }: Size): readonly string[] {
  return width >= 540 ? [] : width >= 400 ? ['narrow'] : ['narrow', 'slim'];
}

function ListBar({ list, isOnly }: { readonly list: WatchList; readonly isOnly: boolean }) {
  const { watchLists, market, panels, settings } = useServices();
  const [typed, setTyped] = useState('');
  const [name, setName] = useState<string>();
  const [said, setSaid] = useState('');
  const file = useRef<HTMLInputElement>(null);
  const add = (): void => {
    const symbols = typed
      .toUpperCase()
      .split(/[\s,;]+/)
      .filter((symbol) => symbol !== '' && symbol.length <= SYMBOL_CHARS_MOST);
    if (symbols.length === 0) return;
    watchLists.setState(addSymbols(watchLists.getState(), list.id, symbols));
    const unknown = symbols.filter((symbol) => market.mirror.rowOf(symbol) === undefined);
    setSaid(market.mirror.count > 0 && unknown.length > 0 ? `Not in the market now: ${unknown.join(', ')}` : '');
    setTyped('');
  };
  const take = async (picked: File | undefined): Promise<void> => {
    if (!picked) return;
    const { state, message } = importLists(watchLists.getState(), list.id, await picked.text());
    watchLists.setState(state);
    setSaid(message);
  };
  const show = (): void => {
    settings.setState(({ market: before }) => ({ market: { ...before, view: `list:${list.id}` } }));
    panels.open('market');
  };
  if (name !== undefined) {
    const rename = (): void => {
      watchLists.setState(renameList(watchLists.getState(), list.id, name));
      setName(undefined);
    };
    return (
      <form
        className="panel-bar"
        onSubmit={(event) => {
          event.preventDefault();
          rename();
        }}
      >
        <input
          autoFocus
          className="text-input"
          aria-label="Name of the list"
          value={name}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && setName(undefined)}
          onBlur={rename}
        />
        <span className="quiet">Enter keeps the name</span>
      </form>
    );
  }
  return (
    <div className="panel-bar watch-bar">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          className="text-input"
          placeholder="Add: aapl, msft"
          aria-label="Add symbols"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </form>
      <span className="watch-said" role="status">
        {said}
      </span>
      <span className="bar-space" />
      <button
        type="button"
        className="icon-button labelled"
        title="Shows only these symbols in the market"
        onClick={show}
      >
        In the market
      </button>
      <button type="button" className="icon-button labelled" onClick={() => setName(list.name)}>
        Rename
      </button>
      <button
        type="button"
        className="icon-button labelled"
        title="A CSV file with a column “symbol”, or one symbol a line"
        onClick={() => file.current?.click()}
      >
        Import
      </button>
      <button
        type="button"
        className="icon-button labelled"
        title="All lists as one CSV file"
        onClick={() => downloadText('watch-lists.csv', exportLists(watchLists.getState().lists))}
      >
        Export
      </button>
      <button
        type="button"
        className="icon-button labelled"
        disabled={isOnly}
        title={isOnly ? 'The last list stays' : `Removes the list “${list.name}”; its symbols stay in the market`}
        onClick={() => watchLists.setState(removeList(watchLists.getState(), list.id))}
      >
        Remove
      </button>
      <input
        ref={file}
        hidden
        type="file"
        accept=".csv,.txt,text/csv,text/plain"
        aria-label="File with symbols"
        onChange={(event) => {
          void take(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
    </div>
  );
}
