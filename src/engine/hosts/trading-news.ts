/**
 * Keeps the host of the engine told of what is at stake: auto trading, open positions, the kill switch. The account is
 * watched for good, whoever else looks at it comes and goes; news are told when they differ.
 */
import type { AccountValue } from '#protocol';
import type { EngineRuntime } from './runtime-port.ts';
import type { TradingNews } from './utility-messages.ts';

/** The runtime for everyone else: it cannot switch the standing watch off. */
export function watchTrading(runtime: EngineRuntime, tell: (news: TradingNews) => void): EngineRuntime {
  let told = '';
  runtime.onValue((topic, _key, value) => {
    if (topic !== 'account') return;
    const { isAuto, openPositions, killState } = value as AccountValue;
    const { isLive, account } = runtime.info;
    const news = { isAuto, openPositions, killState, isLive, account };
    const text = JSON.stringify(news);
    if (text === told) return;
    told = text;
    tell(news);
  });
  runtime.watch('account', undefined);
  const past = runtime.past?.bind(runtime);
  return {
    ...(past === undefined ? {} : { past }),
    info: runtime.info,
    epoch: runtime.epoch,
    view: runtime.view,
    symbolCount: () => runtime.symbolCount(),
    symbolNames: (first) => runtime.symbolNames(first),
    onEvent: (listener) => runtime.onEvent(listener),
    onValue: (listener) => runtime.onValue(listener),
    watch: (topic, key) => runtime.watch(topic, key),
    unwatch: (topic, key) => {
      if (topic !== 'account') runtime.unwatch(topic, key);
    },
    command: (name, args) => runtime.command(name, args),
    onExit: (listener) => runtime.onExit(listener),
    power: (event) => runtime.power?.(event),
    stop: () => runtime.stop(),
  };
}
