/** Settings: looks, sounds and notifications to be chosen; what the engine was started with, and how to start it otherwise. */
import { Settings as SettingsIcon } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { ThemeChoice } from '#protocol';
import { useServices } from '../../app/services.ts';
import { fixedText, NONE } from '../../format/number.ts';
import { dateText, timeText } from '../../format/time.ts';
import { ALERT_KINDS, type AlertChoice, type AlertKind } from '../../notify/alert-settings.ts';
import { askPermission, notifyPermission, type NotifyPermission } from '../../notify/desktop-notify.ts';
import type { Density, Palette } from '../../stores/settings-store.ts';
import { chooseTheme } from '../../theme/apply-theme.ts';
import { Fact, Page, Section, Segments } from '../page/page.tsx';
import type { PanelDefinition } from '../panel.ts';
import './settings.css';

export const settingsPanel: PanelDefinition = {
  kind: 'settings',
  title: 'Settings',
  explain: 'Theme, colours, density, sounds, notifications; feed, broker, costs and keys as started',
  icon: SettingsIcon,
  component: SettingsPanel,
  whileLookingBack: 'timeless',
};

function SettingsPanel() {
  return (
    <Page label="Settings" testId="settings-page">
      <div className="page-columns">
        <Looks />
        <Alerts />
        <FeedAndBroker />
        <Keys />
        <Costs />
        <About />
      </div>
    </Page>
  );
}

const THEMES: readonly { readonly value: ThemeChoice; readonly label: string }[] = [
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
  { value: 'system', label: 'As the system' },
];
const PALETTES: readonly { readonly value: Palette; readonly label: string; readonly title: string }[] = [
  { value: 'standard', label: 'Green and red', title: 'Up is green, down is red; orange is where we bought' },
  {
    value: 'safe',
    label: 'Blue and orange',
    title: 'For eyes that cannot tell green from red; violet is where we bought',
  },
];
const DENSITIES: readonly { readonly value: Density; readonly label: string; readonly title: string }[] = [
  { value: 'dense', label: 'Dense', title: 'Rows of 22 pixels' },
  { value: 'comfortable', label: 'Comfortable', title: 'Rows of 28 pixels and larger figures' },
];

function Looks() {
  const { settings } = useServices();
  const { theme, palette, density } = useStore(settings);
  return (
    <Section title="Looks" about="the same in every window, at once">
      <div className="setting">
        <span>Theme</span>
        <Segments label="Theme" value={theme} choices={THEMES} onChange={(value) => chooseTheme(settings, value)} />
      </div>
      <div className="setting">
        <span>Colours</span>
        <Segments
          label="Colours"
          value={palette}
          choices={PALETTES}
          onChange={(value) => settings.setState({ palette: value })}
        />
      </div>
      <div className="setting">
        <span>Rows</span>
        <Segments
          label="Rows"
          value={density}
          choices={DENSITIES}
          onChange={(value) => settings.setState({ density: value })}
        />
      </div>
      <p className="page-note palette-sample">
        <span data-tone="up">+12.34 up</span> <span data-tone="down">−8.41 down</span>{' '}
        <span className="sample-entry">24 @ 64.12 where we bought</span>
      </p>
      <p className="page-note">
        Movement follows the system: where it asks for reduced motion, cells do not fade when they change.
      </p>
    </Section>
  );
}

const PERMISSION_WORDS: Readonly<Record<NotifyPermission, string>> = {
  granted: 'Desktop notifications are allowed.',
  denied:
    'Desktop notifications are forbidden for this window. Allow them in the browser’s or system’s settings for this page.',
  default: 'Desktop notifications were not asked for yet.',
  unavailable: 'Desktop notifications are not available here. Sounds and the alerts inside the window still work.',
};

function Alerts() {
  const { settings, alerts } = useServices();
  const chosen = useStore(settings, (state) => state.alerts);
  const [permission, setPermission] = useState(notifyPermission);
  const [said, setSaid] = useState('');
  const change = (kind: AlertKind, choice: Partial<AlertChoice>): void =>
    settings.setState({
      alerts: { ...chosen, kinds: { ...chosen.kinds, [kind]: { ...chosen.kinds[kind], ...choice } } },
    });
  const test = (kind: AlertKind, title: string): void => {
    const fault = alerts.test(kind);
    setSaid(fault === '' ? `${title}: played and shown.` : `${title}: ${fault}.`);
  };
  return (
    <Section title="Sounds and notifications" about="one window speaks for all">
      <table className="plain-table alert-kinds">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Sound</th>
            <th scope="col">Notify</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {ALERT_KINDS.map(({ kind, title, explain }) => (
            <tr key={kind}>
              <td>
                {title}
                <span className="alert-explain">{explain}</span>
              </td>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Sound for ${title}`}
                  checked={chosen.kinds[kind].sound}
                  onChange={(event) => change(kind, { sound: event.target.checked })}
                />
              </td>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Notification for ${title}`}
                  checked={chosen.kinds[kind].notify}
                  onChange={(event) => change(kind, { notify: event.target.checked })}
                />
              </td>
              <td className="n">
                <button type="button" className="icon-button labelled" onClick={() => test(kind, title)}>
                  Try
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="setting">
        <label htmlFor="alert-volume">Volume</label>
        <input
          id="alert-volume"
          type="range"
          min={0}
          max={100}
          value={Math.round(chosen.volume * 100)}
          style={{ '--fill': `${Math.round(chosen.volume * 100)}%` } as React.CSSProperties}
          onChange={(event) => settings.setState({ alerts: { ...chosen, volume: Number(event.target.value) / 100 } })}
        />
        <span className="setting-value">{Math.round(chosen.volume * 100)} %</span>
      </div>
      <div className="setting">
        <span className="setting-words">{PERMISSION_WORDS[permission]}</span>
        {permission === 'default' && (
          <button type="button" className="button" onClick={() => void askPermission().then(setPermission)}>
            Allow notifications
          </button>
        )}
      </div>
      <p className="page-note" role="status">
        {said === '' ? 'A burst rings once and says how many it stands for, so a busy minute stays bearable.' : said}
      </p>
    </Section>
  );
}

const FEED_WORDS: Readonly<Record<string, string>> = {
  sim: 'A simulated market: no account and no key needed',
  massive: 'Massive (formerly Polygon.io): the whole US market, real time',
};

function feedWords(feed: string): string {
  if (feed.startsWith('massive:')) return 'A server that speaks Massive’s protocol';
  if (feed.startsWith('replay:')) return 'A recorded day, played again';
  return FEED_WORDS[feed] ?? feed;
}

function FeedAndBroker() {
  const { linkStatus } = useServices();
  const engine = useStore(linkStatus, (status) => status.engine);
  return (
    <Section title="Feed and broker" about="as this engine was started">
      <dl className="page-facts">
        <Fact name="Feed" explain="Where market data comes from." note={engine && feedWords(engine.feed)}>
          {engine?.feed ?? NONE}
        </Fact>
        <Fact
          name="Broker"
          explain="Where orders go."
          note={engine && (engine.isLive ? 'Real money' : 'No real money moves')}
        >
          {engine?.broker ?? NONE}
        </Fact>
        <Fact name="Account" explain="The account orders go to.">
          {!engine || engine.account === '' ? NONE : engine.account}
        </Fact>
      </dl>
      <p className="page-note">
        Both are chosen when Drover starts, so that a recorded day has one of each. To start with others, close it and
        run:
      </p>
      <code className="command-line">npm start -- --feed sim --broker paper</code>
      <code className="command-line">MASSIVE_API_KEY=… npm start -- --feed massive --broker paper</code>
      <code className="command-line">npm start -- --feed replay:FLATFILES_DIR@2026-11-20 --broker paper</code>
    </Section>
  );
}

function Keys() {
  const { bridge } = useServices();
  return (
    <Section title="Keys" about="never shown, never in files or logs">
      <p className="page-note">
        The key of the market data feed is read from the environment variable <code>MASSIVE_API_KEY</code> (or{' '}
        <code>POLYGON_API_KEY</code>) when the engine starts. No window ever receives it, so none can show it
        {bridge === undefined ? '.' : ', this one included.'} To change it, set the variable and start Drover again.
      </p>
      <p className="page-note">
        The broker needs no key here: Drover talks to the broker’s own program on this machine, where you log in.
      </p>
    </Section>
  );
}

function Costs() {
  return (
    <Section title="Costs and tax" about="read only">
      <p className="page-note">
        These are the settings the engine starts with. It does not take others from a window yet; they decide which
        trades are worth their costs, and the same figures are used in a backtest.
      </p>
      <dl className="page-facts">
        <Fact
          name="Commission"
          explain="Commission schedule used before an order (estimate) and for paper fills."
          note="per share, with its least and most an order"
        >
          IBKR fixed
        </Fact>
        <Fact name="Regulatory fees" explain="SEC fee and FINRA TAF on sales, CAT fee both ways, by dated schedules.">
          by the day’s schedule
        </Fact>
        <Fact
          name="Slippage"
          explain="Taken from this strategy’s own fills once there are enough, before that from a prior."
          note="of slippage seen"
        >
          {fixedText(60, 0)}th percentile
        </Fact>
        <Fact name="Tax" explain="Set aside from the expected gain of a trade before it is judged.">
          {fixedText(24, 0)} %
        </Fact>
        <Fact
          name="Market data"
          explain="Share of the monthly data bill a trade has to earn: 199 dollars over 500 trades a day and 21 days."
        >
          $0.019 a trade
        </Fact>
      </dl>
    </Section>
  );
}

function About() {
  const { linkStatus, bridge, panels, firstRun } = useServices();
  const engine = useStore(linkStatus, (status) => status.engine);
  return (
    <Section title="About">
      <dl className="page-facts">
        <Fact name="Drover" explain="Version of the engine this window is connected to.">
          {engine?.version ?? NONE}
        </Fact>
        <Fact name="Window" explain="What shows this page.">
          {bridge === undefined ? 'browser' : `desktop, ${bridge.platform}`}
        </Fact>
        <Fact name="Engine" explain="Process number and start of the engine.">
          {!engine
            ? NONE
            : `process ${engine.pid}, since ${dateText(engine.startedUs)} ${timeText(engine.startedUs, 'second')} ET`}
        </Fact>
        <Fact
          name="Data folder"
          explain="Tape, journal, checkpoints, strategies. Everything Drover knows is in this one folder; copy it and you have all of it."
        >
          {engine?.dataDir ?? NONE}
        </Fact>
      </dl>
      <p className="page-note">
        Layouts, watch lists, views and these settings are kept{' '}
        {bridge === undefined ? 'by this browser' : 'by this program'}.
      </p>
      <button
        type="button"
        className="button"
        onClick={() => {
          firstRun.setState({ isDismissed: false });
          panels.open('first-run');
        }}
      >
        Show the first-run guide
      </button>
    </Section>
  );
}
