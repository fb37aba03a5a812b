/** What can be wrong with a flat file, as one sentence for the user that names the file and, where there is one, the line. */
export type FlatFileProblem = 'missing' | 'truncated' | 'damaged' | 'header' | 'row' | 'symbol' | 'unreadable';

export class FlatFileError extends Error {
  override name = 'FlatFileError';
  readonly problem: FlatFileProblem;
  readonly file: string;
  /** 1 is the header; 0 when the problem is not about a line. */
  readonly line: number;

  constructor(problem: FlatFileProblem, file: string, line: number, sentence: string) {
    super(line > 0 ? `${file}, line ${line}: ${sentence}` : `${file}: ${sentence}`);
    this.problem = problem;
    this.file = file;
    this.line = line;
  }
}
