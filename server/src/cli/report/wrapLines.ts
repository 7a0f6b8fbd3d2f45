// Lines that are longer than a terminal is wide, broken between words, so that what belongs together stays under each other.
// Knows nothing of what is said; pipes and files get lines as they are.

/** Below this, broken lines are worse than long ones. */
const NARROWEST = 40;
/** How much further in a line goes on than it began. */
const HANG = 4;

/** What people read as it is: source with its line number in front, and the words of other programs. */
const VERBATIM = /^\s*\d*\s*\|/;
const COLOUR = /\u001b\[[0-9;]*m/g;

/** Breaks the lines of a text that has colours or not. Without a width, the text as it is. */
export function wrapLines(text: string, width: number | undefined): string {
  if (width === undefined || width < NARROWEST) return text;
  return text.split("\n").map((line) => (lengthOf(line) <= width || VERBATIM.test(line.replace(COLOUR, "")) ? line : wrapLine(line, width))).join("\n");
}

function wrapLine(line: string, width: number): string {
  const hang = " ".repeat(hangOf(line.replace(COLOUR, ""), width));
  const lines: string[] = [];
  let [current, blanks] = ["", ""];
  for (const piece of line.match(/ +|[^ ]+/g) ?? []) {
    if (piece.startsWith(" ")) blanks = piece;
    else if (lengthOf(current + blanks + piece) > width && current.trim() !== "") {
      lines.push(current);
      [current, blanks] = [hang + piece, ""];
    } else [current, blanks] = [current + blanks + piece, ""];
  }
  return [...lines, current].join("\n");
}

/** Under the last column of a table, where that leaves half of the width; else a little further in than the line itself. */
function hangOf(line: string, width: number): number {
  const columns = [...line.matchAll(/ {2,}(?=\S)/g)].map(({ index, 0: blanks }) => index + blanks.length).filter((column) => column > 0);
  const last = columns.at(-1) ?? 0;
  const indent = line.length - line.trimStart().length;
  return last > indent && last <= width / 2 ? last : indent + HANG;
}

function lengthOf(text: string): number {
  return [...text.replace(COLOUR, "")].length;
}
