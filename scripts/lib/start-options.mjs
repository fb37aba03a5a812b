// The options of `npm start`: which host, and what is handed on to it.
import { Sorry } from './project.mjs';

/** Handed on to either host as they are. */
const PASSED_ON = [
  'feed',
  'broker',
  'data-dir',
  'speed',
  'port',
  'seed',
  'symbols',
  'rate',
  'auto',
  'start',
  'strategy',
  'token',
];

const HELP = `usage: npm start [-- options]

  --browser            serve the workstation to the browser even where Electron could run
  --electron           try to download Electron again after a failed download
  --no-open            print the address only, open no browser
  --feed FEED          sim (default), massive, massive:ws://HOST:PORT, replay:DIR@DAY, scaled:DIR@DAY
  --broker BROKER      paper (default); ibkr:paper and ibkr:live are not available yet
  --auto on|off        whether strategies may buy from the start (default off)
  --strategy A=MODE,.. strategies that are to be enabled, shadow or off
  --start HH:MM        New York time at which a replay or the simulated market begins
  --data-dir DIR       where the days are kept
  --speed X            how fast a replay or the simulated market runs
  --seed N --symbols N --rate N    the simulated market
  --port N --token T   the browser host's port (0: any free one) and secret
  --help               this text`;

/**
 * @typedef {{ browser: boolean, electron: boolean, open: boolean, passed: Record<string, string> }} StartOptions
 * @param {readonly string[]} argv
 * @returns {StartOptions | string} a string is a text to print
 */
export function readStartOptions(argv) {
  /** @type {StartOptions} */
  const options = { browser: false, electron: false, open: true, passed: {} };
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (equals < 0 && name === '--help') return HELP;
    if (equals < 0 && name === '--browser') options.browser = true;
    else if (equals < 0 && name === '--electron') options.electron = true;
    else if (equals < 0 && name === '--no-open') options.open = false;
    else if (name.startsWith('--') && PASSED_ON.includes(name.slice(2))) {
      const value = equals < 0 ? argv[++at] : word.slice(equals + 1);
      if (value === undefined || value === '' || (equals < 0 && value.startsWith('--')))
        throw new Sorry(`drover: option '${name}' needs a value; 'npm start -- --help' lists the options.`, 2);
      options.passed[name.slice(2)] = value;
    } else if (name.startsWith('-'))
      throw new Sorry(`drover: unknown option '${name}'; 'npm start -- --help' lists the options.`, 2);
    else
      throw new Sorry(
        `drover: unexpected argument '${word}'; options are written --name VALUE after 'npm start --'.`,
        2,
      );
  }
  if (options.browser && options.electron)
    throw new Sorry("drover: '--browser' and '--electron' exclude each other; give one of them.", 2);
  checkNumber(
    options.passed['port'],
    '--port',
    (port) => Number.isInteger(port) && port >= 0 && port <= 65_535,
    'a whole number from 0 to 65535',
  );
  for (const name of ['speed', 'rate'])
    checkNumber(options.passed[name], `--${name}`, (value) => value > 0, 'a number above 0');
  for (const name of ['seed', 'symbols'])
    checkNumber(options.passed[name], `--${name}`, (value) => Number.isInteger(value) && value >= 0, 'a whole number');
  return options;
}

/** @param {string | undefined} text @param {string} name @param {(value: number) => boolean} isGood @param {string} wanted */
function checkNumber(text, name, isGood, wanted) {
  if (text !== undefined && !(Number.isFinite(Number(text)) && isGood(Number(text))))
    throw new Sorry(`drover: option '${name}' wants ${wanted}, not '${text}'.`, 2);
}

/** @param {Record<string, string>} passed @returns {string[]} */
export function asArguments(passed) {
  // One word each: Chromium reads the command line too and takes a loose word for a file to open.
  return Object.entries(passed).map(([name, value]) => `--${name}=${value}`);
}
