/** Risk: how much of each limit is used, what is locked, why candidates did not fire, and what the kill switch did. */
import { ShieldCheck } from 'lucide-react';
import { useRef } from 'react';
import type { RiskValue } from '#protocol';
import { countText, fixedText } from '../../format/number.ts';
import { timeExplained, timeText } from '../../format/time.ts';
import { useOnScreen, useSeenTopic } from '../../parts/seen-topic.ts';
import { Page, PageAlarm, Section } from '../page/page.tsx';
import type { PanelDefinition } from '../panel.ts';
import { LimitEdit } from './limit-edit.tsx';
import {
  isPerOrder,
  killWords,
  limitBar,
  limitExplained,
  limitText,
  outcomeWords,
  sortedOutcomes,
} from './risk-words.ts';
import './risk.css';

export const riskPanel: PanelDefinition = {
  kind: 'risk',
  title: 'Risk',
  explain: 'Limits and how much of each is used, locks, the kill switch, and why candidates did not fire',
  icon: ShieldCheck,
  component: RiskPanel,
};

function RiskPanel() {
  const host = useRef<HTMLElement>(null);
  const isOnScreen = useOnScreen(host);
  const risk = useSeenTopic<RiskValue>('risk', isOnScreen);
  return (
    <Page label="Risk" testId="risk-page" host={host}>
      <p className="page-lead">
        <b>Nothing on this page can be argued with:</b> a limit can be tightened at any time and loosened only while
        nothing is locked, a lock has no key, and every order, yours included, passes here. What you change holds from
        now on, also on the days to come, until you change it again.
      </p>
      {risk === undefined ? (
        <p className="page-note">Waiting for the engine to say how much of its limits is used.</p>
      ) : (
        <RiskBody risk={risk} />
      )}
    </Page>
  );
}

function RiskBody({ risk }: { readonly risk: RiskValue }) {
  const running = risk.limits.filter(({ name }) => !isPerOrder(name));
  const perOrder = risk.limits.filter(({ name }) => isPerOrder(name));
  return (
    <>
      <KillState kill={risk.kill} />
      <div className="page-columns">
        <div>
          <Section title="Limits" about="used, of what is allowed">
            {running.map((limit) => (
              <LimitRow key={limit.name} limit={limit} />
            ))}
            {perOrder.map((limit) => (
              <div key={limit.name} className="limit" title={limitExplained(limit.name)}>
                <span className="limit-name">{limit.name}</span>
                <span className="limit-figures">
                  <span className="quiet">{limit.tighter === 'higher' ? 'at least' : 'at most'}</span>{' '}
                  <b>{limitText(limit.limit, limit.unit)}</b>
                </span>
                <LimitEdit limit={limit} />
              </div>
            ))}
          </Section>
          <Locks locks={risk.locks} />
        </div>
        <Outcomes outcomes={risk.outcomes} />
      </div>
    </>
  );
}

function LimitRow({ limit: row }: { readonly limit: RiskValue['limits'][number] }) {
  const { name, value, limit, unit } = row;
  const { share, tone, percent } = limitBar(value, limit);
  return (
    <div className="limit" data-tone={tone} title={limitExplained(name)}>
      <span className="limit-name">{name}</span>
      <span className="limit-figures">
        <b>{limitText(value, unit)}</b> <span className="quiet">of {limitText(limit, unit)}</span>
      </span>
      <LimitEdit limit={row} />
      <span
        className="limit-bar"
        role="meter"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={`${limitText(value, unit)} of ${limitText(limit, unit)}`}
      >
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span className="limit-percent">{percent}</span>
    </div>
  );
}

function Locks({ locks }: { readonly locks: RiskValue['locks'] }) {
  return (
    <Section title="Locks" about={locks.length === 0 ? 'none' : countText(locks.length)}>
      {locks.length === 0 ? (
        <p className="page-note">
          Nothing is locked. After too large a loss the engine locks everything; after repeated losses in a symbol, that
          symbol. A lock ends with the session.
        </p>
      ) : (
        <table className="plain-table locks">
          <thead>
            <tr>
              <th scope="col">Lock</th>
              <th scope="col">Why</th>
              <th scope="col">Since</th>
              <th scope="col">Until</th>
            </tr>
          </thead>
          <tbody>
            {locks.map((lock) => (
              <tr key={`${lock.code} ${lock.reason}`}>
                <td>
                  <b className="lock-code">{lock.code}</b>
                </td>
                <td>{lock.reason}</td>
                <td className="nowrap" title={timeExplained(lock.sinceUs)}>
                  {timeText(lock.sinceUs, 'second')}
                </td>
                <td className="nowrap">{lock.untilUs === null ? 'next session' : timeText(lock.untilUs, 'second')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function Outcomes({ outcomes }: { readonly outcomes: RiskValue['outcomes'] }) {
  const total = outcomes.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(1, ...outcomes.map(({ count }) => count));
  return (
    <Section title="What became of candidates" about={`${countText(total)} today, each with one reason`}>
      {total === 0 ? (
        <p className="page-note">
          No candidate yet today. As soon as a strategy’s rules all pass for a symbol, it is counted here by what became
          of it: it fired, or the first gate that stopped it.
        </p>
      ) : (
        <table className="plain-table outcomes">
          <thead>
            <tr>
              <th scope="col">Outcome</th>
              <th scope="col" className="n">
                Count
              </th>
              <th scope="col" className="n">
                Share
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {sortedOutcomes(outcomes).map(({ code, count }) => {
              const { title, explain } = outcomeWords(code);
              return (
                <tr key={code} data-code={code} title={`${explain} (${code})`}>
                  <td>{title}</td>
                  <td className="n">{countText(count)}</td>
                  <td className="n">{fixedText((count / total) * 100, 1)} %</td>
                  <td className="outcome-bar" aria-hidden="true">
                    <span style={{ width: `${(count / most) * 100}%` }} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function KillState({ kill }: { readonly kill: RiskValue['kill'] }) {
  const words = killWords(kill.state);
  return (
    <>
      <PageAlarm {...words} />
      {kill.left.length > 0 && (
        <ul className="risk-kill-left" aria-label="Still there">
          {kill.left.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {kill.steps.length > 0 && (
        <ol className="risk-kill-steps" aria-label="What the kill switch did">
          {kill.steps.map((step) => (
            <li key={`${step.atUs} ${step.text}`}>
              <time title={timeExplained(step.atUs)}>{timeText(step.atUs)}</time>
              <span>{step.text}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
