/** Tabs above the grid: built-in views, the user's own, and watch lists. A changed view can be saved under a name. */
import { Bookmark, Star, X } from 'lucide-react';
import { useState, type DragEvent } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.ts';
import { addSymbols } from '../../stores/watch-lists.ts';
import { BUILT_IN_VIEWS, isViewChanged, saveView, type MarketView } from '../../stores/market-views.ts';
import { LIST_VIEW, SYMBOL_DRAG, viewOf } from './market-view.ts';

type Shown = Omit<MarketView, 'id' | 'name'>;

interface ViewTabsProps {
  readonly view: string;
  /** What stands on screen now. */
  readonly shown: Shown;
  readonly onChoose: (view: string) => void;
}

export function ViewTabs({ view, shown, onChoose }: ViewTabsProps) {
  const { views: viewStore, watchLists } = useServices();
  const { views } = useStore(viewStore);
  const { lists } = useStore(watchLists);
  const current = viewOf(view, views);
  const isChanged = current !== undefined && isViewChanged(current, shown);
  const remove = (id: string): void => {
    viewStore.setState({ views: views.filter((other) => other.id !== id) });
    if (view === id) onChoose('all');
  };
  const onDrop = (event: DragEvent, listId: string): void => {
    const symbol = event.dataTransfer.getData(SYMBOL_DRAG);
    if (symbol === '') return;
    event.preventDefault();
    watchLists.setState(addSymbols(watchLists.getState(), listId, [symbol]));
  };
  return (
    <div className="view-tabs" role="group" aria-label="Views">
      {BUILT_IN_VIEWS.map(({ id, name, explain }) => (
        <Tab
          key={id}
          name={name}
          title={explain}
          isOn={view === id}
          isChanged={isChanged}
          onChoose={() => onChoose(id)}
        />
      ))}
      {views.map((own) => (
        <span key={own.id} className="view-own">
          <Tab
            name={own.name}
            title={own.filter === '' ? 'Your own sort and columns' : `Your own: ${own.filter}`}
            isOn={view === own.id}
            isChanged={isChanged}
            onChoose={() => onChoose(own.id)}
          />
          <button
            type="button"
            className="view-remove"
            aria-label={`Remove the view ${own.name}`}
            onClick={() => remove(own.id)}
          >
            <X size={11} aria-hidden="true" />
          </button>
        </span>
      ))}
      <span className="view-line" aria-hidden="true" />
      {lists.map((list) => (
        <button
          key={list.id}
          type="button"
          className="view-tab"
          aria-pressed={view === LIST_VIEW + list.id}
          title={`Watch list: only its ${list.symbols.length} symbols. Drop a symbol here to add it.`}
          onClick={() => onChoose(LIST_VIEW + list.id)}
          onDragOver={(event) => event.dataTransfer.types.includes(SYMBOL_DRAG) && event.preventDefault()}
          onDrop={(event) => onDrop(event, list.id)}
        >
          <Star size={11} aria-hidden="true" />
          {list.name}
          <i>{list.symbols.length}</i>
        </button>
      ))}
      {isChanged && <SaveView shown={shown} own={views} onSaved={onChoose} />}
    </div>
  );
}

interface TabProps {
  readonly name: string;
  readonly title: string;
  readonly isOn: boolean;
  readonly isChanged: boolean;
  readonly onChoose: () => void;
}

function Tab({ name, title, isOn, isChanged, onChoose }: TabProps) {
  return (
    <button
      type="button"
      className="view-tab"
      aria-pressed={isOn}
      title={isOn && isChanged ? `${title}\nChanged since; press to go back to it.` : title}
      onClick={onChoose}
    >
      {name}
      {isOn && isChanged && <i>changed</i>}
    </button>
  );
}

interface SaveViewProps {
  readonly shown: Shown;
  readonly own: readonly MarketView[];
  readonly onSaved: (id: string) => void;
}

function SaveView({ shown, own, onSaved }: SaveViewProps) {
  const { views } = useServices();
  const [name, setName] = useState<string>();
  if (name === undefined)
    return (
      <button
        type="button"
        className="icon-button labelled view-save"
        title="Keeps this filter, sort and set of columns under a name"
        onClick={() => setName('')}
      >
        <Bookmark size={12} aria-hidden="true" />
        <span>Save view</span>
      </button>
    );
  return (
    <form
      className="view-save"
      onSubmit={(event) => {
        event.preventDefault();
        const saved = saveView(own, name, shown);
        setName(undefined);
        if (!saved) return;
        views.setState({ views: saved.views });
        onSaved(saved.id);
      }}
    >
      <input
        autoFocus
        className="text-input"
        aria-label="Name of the view"
        placeholder="Name, then Enter"
        value={name}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && setName(undefined)}
        onBlur={() => name === '' && setName(undefined)}
      />
    </form>
  );
}
