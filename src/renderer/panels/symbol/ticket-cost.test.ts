/** The ticket's arithmetic and what it takes from its fields. */
import { expect, it } from 'vitest';
import { parsePrice, parseShares, ticketCost } from './ticket-cost.ts';

it('reckons cash, crossing and the way back from the quote', () => {
  expect(ticketCost(100, null, 10, 10.1)).toEqual({
    price: 10.1,
    cash: 1010,
    crossing: expect.closeTo(5, 9) as number,
    roundTrip: expect.closeTo(10, 9) as number,
  });
  // A limit over the offer is filled at the offer, though the cash is set aside at the limit.
  expect(ticketCost(100, 11, 10, 10.1)).toMatchObject({ cash: 1100, roundTrip: expect.closeTo(10, 9) as number });
  expect(ticketCost(100, null, 0, 0)).toBeUndefined();
  expect(ticketCost(10, 5, 0, 0)?.crossing).toBeNaN();
});

it('takes whole shares and plain prices, and says what is wrong with others', () => {
  expect(parseShares(' 1,200 ')).toEqual({ shares: 1200 });
  expect(parsePrice('64.1234')).toEqual({ price: 64.1234 });
  for (const text of ['', '0', '1.5', '-3', '1e3', '2000000']) expect(parseShares(text), text).toHaveProperty('fault');
  for (const text of ['', '0', '-1', 'abc', '1.23456', '.']) expect(parsePrice(text), text).toHaveProperty('fault');
});
