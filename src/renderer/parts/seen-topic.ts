/** The newest value of a small topic as React state, subscribed to only while the part that shows it can be seen. */
import { useEffect, useState, type RefObject } from 'react';
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
