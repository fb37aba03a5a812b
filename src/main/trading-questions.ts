/** What is asked before something that moves money or stops the engine, in words that say what it means. Pure. */
import type { TradingNews } from '#host-kit';

export interface Question {
  readonly message: string;
  readonly detail: string;
  /** The last one changes nothing. */
  readonly buttons: readonly string[];
}

const count = (many: number, one: string): string => `${many} ${one}${many === 1 ? '' : 's'}`;

/** What stops with the engine, as one clause; undefined when nothing that matters does. */
export function atStake(news: TradingNews | undefined): string | undefined {
  if (news === undefined) return undefined;
  const parts = [
    ...(news.openPositions > 0 ? [`${count(news.openPositions, 'position')} open`] : []),
    ...(news.isAuto ? ['auto trading on'] : []),
    ...(isKilling(news) ? ['the kill switch still selling'] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(' and ');
}

export function quitQuestion(news: TradingNews | undefined): Question | undefined {
  const stake = atStake(news);
  if (news === undefined || stake === undefined) return undefined;
  return {
    message: `Quit with ${stake}?`,
    detail: `${whatStops(news)} Orders that the broker already has stay there.`,
    buttons: ['Quit and stop the engine', 'Cancel'],
  };
}

export function lastCloseQuestion(news: TradingNews | undefined): Question | undefined {
  const stake = atStake(news);
  if (news === undefined || stake === undefined) return undefined;
  return {
    message: `This is the last window, with ${stake}.`,
    detail: `The engine can go on: a small status window stays, so that it never trades unseen. ${whatStops(news, 'Stopping: ')}`,
    buttons: ['Keep the engine running', 'Stop the engine and quit', 'Cancel'],
  };
}

export type TradingAsk = 'auto-on' | 'auto-off' | 'flatten-all' | 'kill';

export function tradingQuestion(ask: TradingAsk, news: TradingNews | undefined): Question | undefined {
  const where = news === undefined ? '' : news.isLive ? ` LIVE account ${news.account}.` : ' Paper account.';
  const open = news === undefined ? 'every open position' : count(news.openPositions, 'open position');
  switch (ask) {
    case 'auto-off':
      // Always allowed, never asked: it only stops new positions.
      return undefined;
    case 'auto-on':
      return {
        message: 'Let strategies open positions by themselves?',
        detail: `Every enabled strategy may buy within the risk limits until auto trading is switched off.${where}`,
        buttons: ['Switch auto trading on', 'Cancel'],
      };
    case 'flatten-all':
      return {
        message: `Sell ${open} now?`,
        detail: `Every trade under way is ended and what it holds is sold. Auto trading stays as it is.${where}`,
        buttons: ['Flatten all', 'Cancel'],
      };
    case 'kill':
      return {
        message: 'Kill switch: stop trading and sell everything?',
        detail: `Auto trading goes off, every order is cancelled, ${open} ${news?.openPositions === 1 ? 'is' : 'are'} sold, and nothing trades until it is undone by hand.${where}`,
        buttons: ['Kill', 'Cancel'],
      };
  }
}

function whatStops(news: TradingNews, lead = ''): string {
  const parts = [
    ...(news.openPositions > 0
      ? [
          `stops, targets and all other exits of ${count(news.openPositions, 'open position')} do not fire until Drover runs again`,
        ]
      : []),
    ...(news.isAuto ? ['strategies open nothing more'] : []),
    ...(isKilling(news) ? ['the kill switch goes on only at the next start'] : []),
  ];
  const text = `${lead}${parts.join('; ')}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function isKilling({ killState }: TradingNews): boolean {
  return killState !== 'off' && killState !== 'flat-confirmed';
}
