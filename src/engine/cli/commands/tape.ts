/** `drover tape`: what the tape holds, and whether all of it can be read. */
import fs from 'node:fs';
import path from 'node:path';
import type { TapeStat } from '../../adapters/store/tape-reader.ts';
import { TapeReader } from '../../adapters/store/tape-reader.ts';
import { parseDate } from '../../time/civil.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { FailureError, UsageError } from '../command.ts';

export const tapeCommand: CliCommand = {
  name: 'tape',
  summary: 'show what the tape holds; with --verify, read and check every block and every event',
  options: {
    'data-dir': { type: 'string', value: 'DIR', help: 'data folder of the recording', required: true },
    day: { type: 'string', value: 'YYYY-MM-DD', help: 'one day; all days without it' },
    stat: { type: 'boolean', help: 'counts and sizes from the block headers (the default)' },
    verify: { type: 'boolean', help: 'check every checksum and decode every event; exit 1 on damage' },
  },
  run: async (values, context) => runTape(values, context),
};

function runTape(values: CliValues, context: CliContext): number {
  const dataDir = String(values['data-dir']);
  const day = values['day'] === undefined ? null : String(values['day']);
  if (day !== null && parseDate(day) === undefined)
    throw new UsageError(`--day '${day}' is not a date; write it YYYY-MM-DD.`);
  const folder = path.join(dataDir, 'tape');
  const days = fs.existsSync(folder)
    ? fs.readdirSync(folder).filter((name) => parseDate(name) !== undefined && (day === null || name === day))
    : [];
  if (days.length === 0) throw new FailureError(`there is no tape of ${day ?? 'any day'} in ${dataDir}.`);
  let isDamaged = false;
  for (const name of days.toSorted()) {
    const { stat, decoded } = lookAt(dataDir, name, values['verify'] === true);
    isDamaged ||= stat.damage.length > 0 || (decoded !== null && decoded.damage > 0);
    if (context.json) context.stdout(JSON.stringify({ day: name, ...stat, decoded }));
    else show(context, name, stat, decoded);
  }
  return isDamaged ? 1 : 0;
}

interface Decoded {
  readonly inputs: number;
  readonly events: number;
  readonly damage: number;
}

function lookAt(
  dataDir: string,
  day: string,
  verify: boolean,
): { readonly stat: TapeStat; readonly decoded: Decoded | null } {
  const reader = new TapeReader({ dataDir, day });
  try {
    const stat = reader.stat(verify);
    if (!verify) return { stat, decoded: null };
    for (let input = reader.next(); input !== null;) input = reader.next();
    return { stat, decoded: { inputs: reader.inputsRead, events: reader.eventsRead, damage: reader.damage.length } };
  } finally {
    reader.close();
  }
}

function show(context: CliContext, day: string, stat: TapeStat, decoded: Decoded | null): void {
  const perEvent = stat.events === 0 ? '-' : (stat.bytes / stat.events).toFixed(2);
  context.stdout(
    `${day}  ${stat.segments.length} segments  ${stat.bytes} bytes  ${stat.inputs} inputs  ${stat.events} events  ${perEvent} bytes/event`,
  );
  if (stat.firstInputNo !== null)
    context.stdout(
      `  inputs ${stat.firstInputNo} to ${stat.lastInputNo}, received ${stat.firstUs === 0 ? 'before any time was known' : time(stat.firstUs)} to ${time(stat.lastUs)}`,
    );
  if (decoded !== null) context.stdout(`  read back: ${decoded.inputs} inputs, ${decoded.events} events`);
  for (const damage of stat.damage) {
    const lost = damage.events === null ? 'an unknown number of events' : `${damage.events} events`;
    context.stdout(
      `  ${damage.kind}: ${damage.bytes} bytes at ${damage.offset} of ${path.basename(damage.file)}, ${lost}, after input ${damage.afterInputNo ?? '-'} and before ${damage.beforeInputNo ?? '-'}`,
    );
  }
}

function time(us: number | null): string {
  return us === null || !Number.isFinite(us) ? '-' : new Date(us / 1000).toISOString();
}
