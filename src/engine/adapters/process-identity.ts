/** Tells whether a process that left its mark is still the same process, not a later one with the same number. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessMark {
  readonly pid: number;
  /** When it started, in whatever form the system tells; '' when the system does not tell. */
  readonly started: string;
}

export function markOf(pid: number): ProcessMark {
  return { pid, started: startOf(pid) };
}

/** True when the process that `mark` was made of still runs. */
export function isRunning(mark: ProcessMark): boolean {
  if (!Number.isInteger(mark.pid) || mark.pid <= 0) return false;
  try {
    process.kill(mark.pid, 0);
  } catch (error) {
    // EPERM: it runs under another account.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const started = startOf(mark.pid);
  if (started === 'gone') return false;
  return mark.started === '' || started === '' || started === mark.started;
}

function startOf(pid: number): string {
  try {
    if (process.platform === 'linux') return linuxStart(pid);
    if (process.platform === 'darwin')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    // Not told: liveness alone decides.
  }
  return '';
}

/**
 * Boot and clock ticks since boot. A zombie no longer holds anything, so it counts as gone; but a killed process looks like
 * one from outside while a thread of it still finishes a write or a sync, and so long it counts as running.
 */
function linuxStart(pid: number): string {
  const fields = statFields(`/proc/${pid}/stat`);
  if (isOver(fields[0]) && !hasRunningThread(pid)) return 'gone';
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}/${fields[19] ?? ''}`;
}

function hasRunningThread(pid: number): boolean {
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).some((thread) => {
    try {
      return !isOver(statFields(`${threads}/${thread}/stat`)[0]);
    } catch {
      // It ended in between.
      return false;
    }
  });
}

function statFields(file: string): readonly string[] {
  const stat = readFileSync(file, 'utf8');
  // The name in parentheses may hold anything, also spaces and parentheses.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Zombie or dead. */
function isOver(state: string | undefined): boolean {
  return state === 'Z' || state === 'X';
}
