/**
 * Asks the engine for past markets while somebody drags: one question at a time, of those that wait only the newest, so that
 * the slider never runs ahead of what can be shown.
 */

export interface ScrubAnswer {
  readonly atUs: number | null;
  readonly fromUs: number;
  readonly toUs: number;
}

export interface ScrubAsker {
  /** null = live again. */
  ask(atUs: number | null): void;
  readonly isBusy: boolean;
}

export function createScrubAsker(
  scrub: (ask: { readonly atUs: number | null }) => Promise<ScrubAnswer>,
  told: (answer: ScrubAnswer) => void,
  failed: (message: string) => void,
): ScrubAsker {
  let isBusy = false;
  let next: { readonly atUs: number | null } | undefined;

  const send = async (question: { readonly atUs: number | null }): Promise<void> => {
    isBusy = true;
    try {
      const answer = await scrub(question);
      if (next === undefined) told(answer);
    } catch (error) {
      if (next === undefined) failed(messageOf(error));
    }
    isBusy = false;
    const waiting = next;
    next = undefined;
    if (waiting !== undefined) void send(waiting);
  };

  return {
    ask: (atUs) => {
      if (isBusy) next = { atUs };
      else void send({ atUs });
    },
    get isBusy() {
      return isBusy;
    },
  };
}

function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return 'the engine did not answer';
}
