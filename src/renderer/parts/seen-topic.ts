/** The newest value of a small topic as React state, subscribed to only while the part that shows it can be seen. */
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { ConflatedTopic } from '#protocol';
import { useServices } from '../app/services.ts';

export function useSeenTopic<T>(
  topic: Exclude<ConflatedTopic, 'market'>,
  isWanted: boolean,
  key?: string,
): T | undefined {
  const { link } = useServices();
  const [value, setValue] = useState<T>();
  useEffect(() => {
    if (!isWanted) return;
    return link.value<T>(topic, setValue as (value: T) => void, key);
  }, [link, topic, isWanted, key]);
  return value;
}

/** The same for a list of plain rows: rows that came as they were keep their identity, so that a table draws only the others. */
export function useSeenRows<Row extends object>(
  topic: Exclude<ConflatedTopic, 'market'>,
  isWanted: boolean,
): readonly Row[] | undefined {
  const { link } = useServices();
  const [rows, setRows] = useState<readonly Row[]>();
  const known = useRef<ReadonlyMap<string, Row>>(new Map());
  useEffect(() => {
    if (!isWanted) return;
    return link.value<readonly Row[]>(topic, (value) => {
      const kept = keptRows(known.current, value);
      known.current = kept;
      setRows([...kept.values()]);
    });
  }, [link, topic, isWanted]);
  return rows;
}

/** The rows of `value` by their content, those that were known already as they were. */
export function keptRows<Row extends object>(
  known: ReadonlyMap<string, Row>,
  value: readonly Row[],
): ReadonlyMap<string, Row> {
  const kept = new Map<string, Row>();
  for (const row of value) {
    const content = JSON.stringify(row);
    kept.set(content, known.get(content) ?? row);
  }
  return kept;
}

/** Whether an element is on screen: a panel in a hidden tab asks the engine for nothing. */
export function useOnScreen(host: RefObject<HTMLElement | null>): boolean {
  const [isOnScreen, setOnScreen] = useState(false);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const observer = new IntersectionObserver((entries) => setOnScreen(entries.at(-1)?.isIntersecting ?? false));
    observer.observe(element);
    return () => observer.disconnect();
  }, [host]);
  return isOnScreen;
}
