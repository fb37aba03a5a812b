/** What a trader may do to trades and orders. An answer of the engine that refuses becomes a notice with its reason. */
import { useMemo } from 'react';
import { useServices } from '../app/services.ts';

export interface DeskActions {
  flatten(tradeId: string, symbol: string): Promise<boolean>;
  moveStop(tradeId: string, symbol: string, priceMicros: number): Promise<boolean>;
  letRun(tradeId: string, symbol: string): Promise<boolean>;
  cancelOrder(orderId: string, symbol: string): Promise<boolean>;
  setAuto(on: boolean): Promise<boolean>;
  kill(): Promise<boolean>;
  unkill(confirmation: string): Promise<boolean>;
}

export function useDeskActions(): DeskActions {
  const { link, notices } = useServices();
  return useMemo(() => {
    const { commands } = link;
    const act = async (what: string, run: () => Promise<unknown>, symbol?: string, tradeId?: string) => {
      try {
        await run();
        return true;
      } catch (error) {
        const reason = (error as { readonly message?: string } | null)?.message ?? 'the engine did not answer';
        notices.say('danger', `${what} was not done: ${reason}`, {
          ...(symbol === undefined ? {} : { symbol }),
          ...(tradeId === undefined ? {} : { tradeId }),
        });
        return false;
      }
    };
    return {
      flatten: (tradeId, symbol) => act(`Flatten ${symbol}`, () => commands.flatten({ tradeId }), symbol, tradeId),
      moveStop: (tradeId, symbol, price) =>
        act(`Moving the stop of ${symbol}`, () => commands.moveStop({ tradeId, price }), symbol, tradeId),
      letRun: (tradeId, symbol) => act(`Letting ${symbol} run`, () => commands.letRun({ tradeId }), symbol, tradeId),
      cancelOrder: (orderId, symbol) =>
        act(`Cancelling the order in ${symbol}`, () => commands.cancelOrder({ orderId }), symbol),
      setAuto: (on) => act(`Switching auto trading ${on ? 'on' : 'off'}`, () => commands.setAuto({ on })),
      kill: () => act('The kill switch', () => commands.kill()),
      unkill: (confirmation) => act('Resuming', () => commands.unkill({ confirmation })),
    };
  }, [link, notices]);
}
