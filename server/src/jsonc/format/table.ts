// Columns: rows that have the same keys up to a column have it at the same place. Knows nothing of how a row is printed.

/** Wider cells end a table: what is behind them is not worth the blanks. */
const CELL_LIMIT = 48;

/** A record on one line: what stands before its first cell and behind its last, and its cells with their widths. */
export interface Row {
  /** Columns without any padding. */
  readonly width: number;
  readonly cells: readonly { readonly key: string; readonly width: number }[];
}

/** For each row, how many blanks to add behind each of its cells but the last. A row that would become wider than `room` gets none, and no say. */
export function paddings(rows: readonly Row[], room: number): readonly (readonly number[])[] {
  let aligned = new Set(rows);
  for (;;) {
    const widths = columnWidths([...aligned]);
    const padded = rows.map((row) => (aligned.has(row) ? paddingOf(row, widths) : []));
    const fits = rows.filter((row, index) => aligned.has(row) && row.width + sum(padded[index] as number[]) <= room);
    if (fits.length === aligned.size) return padded;
    aligned = new Set(fits);
  }
}

/** By the keys up to a column. */
function columnWidths(rows: readonly Row[]): ReadonlyMap<string, number> {
  const widths = new Map<string, number>();
  for (const row of rows) {
    for (const { column, width } of columnsOf(row)) widths.set(column, Math.max(width, widths.get(column) ?? 0));
  }
  return widths;
}

function paddingOf(row: Row, widths: ReadonlyMap<string, number>): number[] {
  return columnsOf(row).map(({ column, width }) => (widths.get(column) ?? width) - width);
}

/** The cells that have another one behind them, up to the first wide one. */
function columnsOf({ cells }: Row): { column: string; width: number }[] {
  const wide = cells.findIndex((cell) => cell.width > CELL_LIMIT);
  const last = wide < 0 ? cells.length - 1 : Math.min(wide, cells.length - 1);
  let column = "";
  return cells.slice(0, last).map(({ key, width }) => ({ column: (column += `${key}\n`), width }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
