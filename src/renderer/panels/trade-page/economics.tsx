/** What it was thought to cost beside what it cost, item by item. */
import type { TradeDetail } from '#protocol';
import { amountText, HALF_CENT, resultText } from '../../format/money.ts';
import { costRows } from './trade-words.ts';

/** Costs are small: a tenth of a cent is shown. */
const DECIMALS = 3;

export function Economics({ detail }: { readonly detail: TradeDetail }) {
  const { predicted, realised, isOpen } = detail;
  const rows = costRows(predicted, realised);
  return (
    <section className="trade-section" aria-labelledby="economics-title" data-testid="economics">
      <h3 id="economics-title">Economics</h3>
      {predicted === null && (
        <p className="trade-note">
          {detail.strategy === 'manual'
            ? 'Bought by hand: no economics were asked before.'
            : 'No prediction is kept for this trade.'}
        </p>
      )}
      <table className="trade-table">
        <thead>
          <tr>
            <th scope="col" title="Dollars, both ways of the whole trade">
              cost
            </th>
            <th scope="col" title="Before the order was sent">
              predicted
            </th>
            <th scope="col" title="From the fills and the broker's own reports">
              realised
            </th>
            <th scope="col" title="Realised less predicted: with a plus it cost more than thought">
              difference
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ item, label, explain, predicted: before, realised: after, difference }) => (
            <tr key={item} data-total={item === 'total' || undefined} title={explain}>
              <th scope="row">{label}</th>
              <td className="figure">{before === null ? '–' : amountText(before, DECIMALS)}</td>
              <td className="figure">{after === null ? '–' : amountText(after, DECIMALS)}</td>
              <td
                className="figure"
                data-tone={
                  difference === null || Math.abs(difference) <= HALF_CENT ? 'flat' : difference > 0 ? 'down' : 'up'
                }
              >
                {difference === null ? '–' : resultText(difference, DECIMALS)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {isOpen && <p className="trade-note">What it really cost stands here once the last share is sold.</p>}
    </section>
  );
}
