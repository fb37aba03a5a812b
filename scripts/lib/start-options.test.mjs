// What `npm start` accepts, hands on and refuses.
import { describe, expect, it } from 'vitest';
import { asArguments, readStartOptions } from './start-options.mjs';

describe('options of npm start', () => {
  it('hands on what the hosts know, one word each', () => {
    const options = readStartOptions([
      '--feed',
      'massive:ws://h:1',
      '--port=0',
      '--seed',
      '7',
      '--data-dir',
      '/d e',
      '--browser',
    ]);
    if (typeof options === 'string') throw new Error('a text was not asked for');
    expect(options).toMatchObject({ browser: true, electron: false, open: true });
    expect(asArguments(options.passed)).toEqual(['--feed=massive:ws://h:1', '--port=0', '--seed=7', '--data-dir=/d e']);
  });

  it('prints its help', () => {
    expect(readStartOptions(['--help'])).toContain('--browser');
  });

  it.each([
    [['--bogus'], "unknown option '--bogus'"],
    [['--bogus=1'], "unknown option '--bogus'"],
    [['--browser=yes'], "unknown option '--browser'"],
    [['-x'], "unknown option '-x'"],
    [['here'], "unexpected argument 'here'"],
    [['--feed'], "'--feed' needs a value"],
    [['--feed', '--port'], "'--feed' needs a value"],
    [['--feed='], "'--feed' needs a value"],
    [['--port', '70000'], "'--port' wants"],
    [['--port', '1.5'], "'--port' wants"],
    [['--speed', '0'], "'--speed' wants"],
    [['--rate', 'fast'], "'--rate' wants"],
    [['--seed', '-1'], "'--seed' wants"],
    [['--browser', '--electron'], 'exclude each other'],
  ])('refuses %j with one sentence and exit code 2', (argv, part) => {
    let thrown;
    try {
      readStartOptions(argv);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ exitCode: 2, message: expect.stringContaining(part) });
  });
});
