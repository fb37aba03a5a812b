/** Picking tells the followers; opening also asks for the page. */
import { expect, it } from 'vitest';
import { createSymbolBus } from './symbol-bus.ts';

it('tells followers of each pick, and openers only of an opening', () => {
  const bus = createSymbolBus();
  const said: string[] = [];
  bus.follow((symbol) => said.push(symbol));
  const leave = bus.onOpen(() => said.push('open'));
  bus.pick('ABC');
  bus.open('XYZ');
  leave();
  bus.open('DEF');
  expect(said).toEqual(['ABC', 'XYZ', 'open', 'DEF']);
  expect(bus.current).toBe('DEF');
});
