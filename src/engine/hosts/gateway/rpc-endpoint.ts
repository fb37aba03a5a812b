/**
 * The engine's end of comlink. comlink's own `expose` lets a caller walk and set any property, so it is not used: this
 * endpoint speaks the same messages and admits one shape only, the call of a command of the table with plain data.
 */
import type { PlainError } from '#protocol';
import { z } from 'zod';
import { firstIssue, printable } from './client-messages.ts';
import type { CommandTable } from './command-table.ts';
import { toPlainError } from './command-table.ts';
import { ANSWER_BYTES_MAX, COMMANDS_IN_FLIGHT_MAX } from './limits.ts';
import { plainJson } from './value-board.ts';

const ID = z.string().min(1).max(128);
const CALL = z.strictObject({
  id: ID,
  type: z.literal('APPLY'),
  path: z.tuple([z.string().max(64)]),
  argumentList: z.array(z.strictObject({ type: z.literal('RAW'), value: z.unknown() })).max(1),
});
/** Sent by comlink when a proxy is dropped or collected. There is nothing to release: it is answered and that is all. */
const RELEASE = z.strictObject({ id: ID, type: z.literal('RELEASE') });
const ADDRESSED = z.looseObject({ id: ID });

export interface RpcEndpoint {
  /** Takes one parsed message. False when it is not one that a well-behaved window sends. */
  accept(message: unknown): boolean;
  /** Answers that are still under way are dropped from now on. */
  close(): void;
  readonly inFlight: number;
}

/** `answer` is handed the JSON of comlink's answer message. */
export function createRpcEndpoint(
  table: CommandTable,
  answer: (json: string) => void,
  onFailure: (name: string, error: unknown) => void,
): RpcEndpoint {
  let inFlight = 0;
  let isClosed = false;

  const settle = (json: string): void => {
    inFlight--;
    if (!isClosed) answer(json);
  };

  const call = async (id: string, name: string, args: unknown): Promise<void> => {
    const command = table[name];
    if (command === undefined)
      return settle(thrown(id, { code: 'unknown-command', message: `there is no command '${printable(name)}'` }));
    const checked = command.args.safeParse(args);
    if (!checked.success)
      return settle(thrown(id, { code: 'bad-arguments', message: `${name}: ${firstIssue(checked.error)}` }));
    try {
      settle(returned(id, await command.run(checked.data)));
    } catch (error) {
      const plain = toPlainError(error);
      if (plain.code === 'internal') onFailure(name, error);
      settle(thrown(id, plain));
    }
  };

  return {
    accept: (message) => {
      const parsed = CALL.safeParse(message);
      if (!parsed.success) {
        const release = RELEASE.safeParse(message);
        if (release.success) {
          answer(returned(release.data.id, undefined));
          return true;
        }
        // Answered when it can be, so that the asker's promise does not hang.
        const addressed = ADDRESSED.safeParse(message);
        if (addressed.success)
          answer(
            thrown(addressed.data.id, {
              code: 'bad-message',
              message: 'only calls of a command with plain data are taken',
            }),
          );
        return false;
      }
      const { id, path, argumentList } = parsed.data;
      if (inFlight >= COMMANDS_IN_FLIGHT_MAX) {
        answer(thrown(id, { code: 'busy', message: 'too many commands are under way; wait for some to finish' }));
        return true;
      }
      inFlight++;
      void call(id, path[0], argumentList[0]?.value);
      return true;
    },
    close: () => {
      isClosed = true;
    },
    get inFlight() {
      return inFlight;
    },
  };
}

function returned(id: string, value: unknown): string {
  const text = plainJson({ id, type: 'RAW', value });
  if (text === undefined || text.length > ANSWER_BYTES_MAX)
    return thrown(id, { code: 'internal', message: 'the answer cannot be sent: too large or not plain data' });
  return text;
}

function thrown(id: string, error: PlainError): string {
  return JSON.stringify({ id, type: 'HANDLER', name: 'throw', value: { isError: false, value: error } });
}
