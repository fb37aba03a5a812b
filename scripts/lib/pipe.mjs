// What happens when the reader of our output goes away: `drover bars ... | head`, or a closed terminal.

/** @param {boolean} goOn an engine must not stop trading because a terminal was closed; a listing has nothing left to do */
export function outliveReader(goOn) {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!('code' in error) || error.code !== 'EPIPE') throw error;
      if (!goOn) process.exit(process.exitCode ?? 0);
    });
  }
}
