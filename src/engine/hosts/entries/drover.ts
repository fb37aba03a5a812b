/** The command line: `npm run -s drover -- COMMAND [options]`. */
import { runCli } from '../../cli/main.ts';

process.exitCode = await runCli(process.argv.slice(2));
