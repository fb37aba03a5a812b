/** Tables to comma-separated text and back (RFC 4180), and handing a text to the user as a file. */
export type CsvCell = string | number | null;

/** Rows end in CRLF. Texts a spreadsheet would take for a formula get a leading apostrophe; numbers never do. */
export function csvText(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  let text = `${header.map(quoted).join(',')}\r\n`;
  for (const row of rows) text += `${row.map(cellText).join(',')}\r\n`;
  return text;
}

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  return quoted(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Rows of cells. Quotes that never close take the rest of the text: nothing is thrown, nothing is lost. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endRow = (): void => {
    row.push(cell);
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    cell = '';
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (text[i + 1] === '"') cell += text[++i] as string;
      else isQuoted = false;
    } else if (char === '"' && cell === '') isQuoted = true;
    else if (char === ',') {
      row.push(cell);
      cell = '';
    } else if (char === '\n') endRow();
    else if (char !== '\r' && char !== '\uFEFF') cell += char;
  }
  endRow();
  return rows;
}

/** Gives the user a file of this text. */
export function downloadText(fileName: string, text: string, type = 'text/csv'): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser reads the address after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
