/** The engine's answer about a trade, asked again twice a second while it is open and seen. */
import { useEffect, useState } from 'react';
import type { TradeDetail } from '#protocol';
import { useServices } from '../../app/services.ts';

const OPEN_MS = 500;
/** Commission reports of a closed trade may come late. */
const CLOSED_MS = 5_000;
const RETRY_MS = 2_000;

export interface TradeAnswer {
  readonly detail: TradeDetail | undefined;
  /** Why there is no answer; '' while all is well. */
  readonly fault: string;
}

const NOTHING: TradeAnswer = { detail: undefined, fault: '' };

export function useTradeDetail(tradeId: string | undefined, isSeen: boolean): TradeAnswer {
  const { link } = useServices();
  const [answer, setAnswer] = useState(NOTHING);
  useEffect(() => {
    if (tradeId === undefined || !isSeen) return;
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      let next = RETRY_MS;
      try {
        const detail = await link.commands.trade({ tradeId });
        if (isGone) return;
        setAnswer({ detail, fault: '' });
        next = detail.isOpen ? OPEN_MS : CLOSED_MS;
      } catch (error) {
        if (isGone) return;
        const fault = (error as { readonly message?: string } | null)?.message ?? 'the engine did not answer';
        setAnswer(({ detail }) => ({ detail: detail?.tradeId === tradeId ? detail : undefined, fault }));
      }
      timer = setTimeout(() => void ask(), next);
    };
    void ask();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [link, tradeId, isSeen]);
  // The answer about another trade is no answer.
  return answer.detail === undefined || answer.detail.tradeId === tradeId ? answer : NOTHING;
}
