/** What pages ask of main: the sender is checked, the message is checked, then it is handed to whoever does it. */
import { ipcMain } from 'electron';
import type { WebContents } from 'electron';
import type { BridgeRequest } from '#protocol';
import { BridgeChannel, LAYOUT_CHARS_MAX, THEME_CHOICES, WINDOW_ROLES } from '#protocol';
import { z } from 'zod';
import { isTrustedSender } from './security.ts';

/** '' or JSON text; what is in it is checked by the window that reads it. */
const LAYOUT = z
  .string()
  .max(LAYOUT_CHARS_MAX)
  .refine((text) => text === '' || isJson(text));

const REQUEST = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('port'), nonce: z.string().min(16).max(64) }),
  z.strictObject({ kind: z.literal('state') }),
  z.strictObject({ kind: z.literal('set-theme'), theme: z.enum(THEME_CHOICES) }),
  z.strictObject({ kind: z.literal('open-window'), role: z.enum(WINDOW_ROLES).exclude(['status']), layout: LAYOUT }),
  z.strictObject({ kind: z.literal('open-walls') }),
  z.strictObject({ kind: z.literal('set-role'), role: z.enum(WINDOW_ROLES).exclude(['status']) }),
  z.strictObject({ kind: z.literal('save-layout'), layout: LAYOUT }),
  z.strictObject({
    kind: z.literal('report'),
    panels: z.array(z.strictObject({ kind: z.string().max(64), title: z.string().max(64) })).max(64),
    density: z.enum(['dense', 'comfortable']),
    palette: z.enum(['standard', 'safe']),
  }),
  z.strictObject({
    kind: z.literal('notify'),
    title: z.string().min(1).max(100),
    body: z.string().max(400),
    tag: z.string().min(1).max(40),
  }),
  z.strictObject({ kind: z.literal('restart-engine') }),
]);

type Checked = z.infer<typeof REQUEST>;

export type BridgeHandlers = {
  readonly [K in BridgeRequest['kind']]: (request: Extract<Checked, { kind: K }>, sender: WebContents) => void;
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

function dispatch(request: Checked, handlers: BridgeHandlers, sender: WebContents): void {
  switch (request.kind) {
    case 'port':
      return handlers.port(request, sender);
    case 'state':
      return handlers.state(request, sender);
    case 'set-theme':
      return handlers['set-theme'](request, sender);
    case 'open-window':
      return handlers['open-window'](request, sender);
    case 'open-walls':
      return handlers['open-walls'](request, sender);
    case 'set-role':
      return handlers['set-role'](request, sender);
    case 'save-layout':
      return handlers['save-layout'](request, sender);
    case 'report':
      return handlers.report(request, sender);
    case 'notify':
      return handlers.notify(request, sender);
    case 'restart-engine':
      return handlers['restart-engine'](request, sender);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
