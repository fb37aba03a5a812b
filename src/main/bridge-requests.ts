/** What pages ask of main: the sender is checked, the message is checked, then it is handed to whoever does it. */
import { ipcMain } from 'electron';
import type { WebContents } from 'electron';
import type { BridgeRequest } from '#protocol';
import { BridgeChannel, THEME_CHOICES, WINDOW_ROLES } from '#protocol';
import { z } from 'zod';
import { isTrustedSender } from './security.ts';

const REQUEST = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('port'), nonce: z.string().min(16).max(64) }),
  z.strictObject({ kind: z.literal('state') }),
  z.strictObject({ kind: z.literal('set-theme'), theme: z.enum(THEME_CHOICES) }),
  z.strictObject({ kind: z.literal('open-window'), role: z.enum(WINDOW_ROLES) }),
  z.strictObject({ kind: z.literal('restart-engine') }),
]);

export type BridgeHandlers = {
  readonly [K in BridgeRequest['kind']]: (request: Extract<BridgeRequest, { kind: K }>, sender: WebContents) => void;
};

export function answerBridge(handlers: BridgeHandlers, note: (sentence: string) => void): void {
  ipcMain.on(BridgeChannel.ask, (event, message: unknown) => {
    if (!isTrustedSender(event.sender, event.senderFrame))
      return note('A message from a page that is not ours was ignored.');
    const parsed = REQUEST.safeParse(message);
    if (!parsed.success) return note('A message from a window could not be understood and was ignored.');
    dispatch(parsed.data, handlers, event.sender);
  });
}

function dispatch(request: z.infer<typeof REQUEST>, handlers: BridgeHandlers, sender: WebContents): void {
  switch (request.kind) {
    case 'port':
      return handlers.port(request, sender);
    case 'state':
      return handlers.state(request, sender);
    case 'set-theme':
      return handlers['set-theme'](request, sender);
    case 'open-window':
      return handlers['open-window'](request, sender);
    case 'restart-engine':
      return handlers['restart-engine'](request, sender);
  }
}
