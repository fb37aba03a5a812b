/** When it sells: every exit rule with where it fires, how far that is, and what the trade would have brought then. */
import type { ExitView, TradeDetail } from '#protocol';
import { microPriceText } from '../../format/money.ts';
import { signedText } from '../../format/number.ts';
import { timeExplained, timeText } from '../../format/time.ts';
import { EngineSpan } from '../../parts/engine-time.tsx';
import { LiveNote } from '../../parts/live-note.tsx';
import { Result } from '../../parts/figure.tsx';
import { exitWords } from '../../format/exit-words.ts';

interface WhenSellsProps {
  readonly detail: TradeDetail;
  /** The time machine shows an instant gone by; the forecast is of now. */
  readonly isPast: boolean;
}

export function WhenSells({ detail, isPast }: WhenSellsProps) {
  const { exits, isOpen, exitReason } = detail;
  return (
    <section className="trade-section" aria-labelledby="when-title" data-testid="when-sells">
      <h3 id="when-title">{isOpen ? 'When it sells' : 'How it was sold'}</h3>
      {isOpen && isPast && <LiveNote text="As things stand now, not at the instant of the chart." />}
      {isOpen && exits.length > 0 && <Forecast exits={exits} />}
      {isOpen && exits.length === 0 && (
        <p className="trade-note">Nothing is held yet. The exits are judged from the first fill on.</p>
      )}
      {!isOpen && (
        <p className="trade-note">
          {exitReason === '' ? (
            'The entry ended without a fill: nothing was held.'
          ) : (
            <>
              by <b>{exitWords(exitReason)}</b>
              {detail.closedUs !== null && <> at {timeText(detail.closedUs)}</>}
              {detail.exit !== null && <>, average {microPriceText(detail.exit)}</>}
            </>
          )}
        </p>
      )}
      {!isOpen && <LastPlan detail={detail} />}
    </section>
  );
}

function Forecast({ exits }: { readonly exits: readonly ExitView[] }) {
  return (
    <table className="trade-table">
      <thead>
        <tr>
          <th scope="col">rule</th>
          <th scope="col" title="Bid at which it fires, or the instant">
            fires at
          </th>
          <th scope="col" title="From the bid now, dollars a share">
            distance
          </th>
          <th scope="col">%</th>
          <th scope="col" title="In typical spreads of this symbol">
            spreads
          </th>
          <th
            scope="col"
            title="Net result of the whole trade if it fires there: exit costs and expected slippage taken off"
          >
            net if it fires
          </th>
        </tr>
      </thead>
      <tbody>
        {exits.map((exit, i) => (
          <tr key={`${exit.rule} ${i}`} data-next={exit.isNext || undefined}>
            <th scope="row">
              {exitWords(exit.rule)}
              {exit.isNext && <span className="tag next-tag">next</span>}
            </th>
            <td className="figure">
              {exit.price === null && exit.atUs === null ? (
                <span className="quiet" title="It has no price and no time yet: it waits for its condition">
                  not armed
                </span>
              ) : exit.atUs === null ? (
                microPriceText(exit.price)
              ) : (
                <time title={timeExplained(exit.atUs)}>{timeText(exit.atUs, 'second')}</time>
              )}
            </td>
            <td className="figure">
              {exit.atUs !== null ? (
                <>
                  in <EngineSpan us={exit.atUs} way="until" />
                </>
              ) : (
                exit.distance !== null && signedText(exit.distance / 1e6)
              )}
            </td>
            <td className="figure quiet">{exit.distancePercent !== null && signedText(exit.distancePercent)}</td>
            <td className="figure quiet">{exit.distanceSpreads !== null && signedText(exit.distanceSpreads, 1)}</td>
            <td>{exit.netIfFires === null ? <span className="quiet">–</span> : <Result micros={exit.netIfFires} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The plan it ended with: what is fixed in it. */
function LastPlan({ detail }: { readonly detail: TradeDetail }) {
  const plan = detail.plans.at(-1);
  if (plan === undefined) return null;
  return (
    <table className="trade-table">
      <thead>
        <tr>
          <th scope="col">{detail.plans.length > 1 ? 'plan, changed by hand' : 'plan'}</th>
          <th scope="col">would have fired at</th>
        </tr>
      </thead>
      <tbody>
        {plan.rules.map((rule, i) => (
          <tr key={`${rule.rule} ${i}`} data-next={rule.rule === detail.exitReason || undefined}>
            <th scope="row">
              {exitWords(rule.rule)}
              {rule.rule === detail.exitReason && <span className="tag next-tag">fired</span>}
            </th>
            <td className="figure">
              {rule.price !== null
                ? microPriceText(rule.price)
                : rule.afterUs !== null && detail.openedUs > 0
                  ? timeText(detail.openedUs + rule.afterUs, 'second')
                  : rule.trailPercent !== null
                    ? `${rule.trailPercent} % below the peak`
                    : '–'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
