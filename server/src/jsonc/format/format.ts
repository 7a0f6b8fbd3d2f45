// A text laid out anew, as the edits that do it: they change blanks only, but where a comma has to go in front of a comment that ends its line. Every comment and every value keeps
// its bytes. Knows nothing of what keys mean.
import type { TextEdit } from "../edit";
import { applyTextEdits } from "../edit";
import type { Source } from "../source";
import type { Placed } from "./layout";
import { layOut } from "./layout";
import type { Outline } from "./outline";
import { outlineOf } from "./outline";
import { depthAt } from "./tokens";

/** The edits that format a whole text, sorted; undefined for a text with syntax errors, which nobody can lay out. The result ends with one line end. */
export function formatEdits(source: Source): readonly TextEdit[] | undefined {
  if (source.tree.faults.length > 0) return undefined;
  const outline = outlineOf(source.text);
  const lineBreak = lineBreakOf(outline);
  const placed = layOut(outline).map(({ blank, token }) => ({ token, blank: lineBreak === "\n" ? blank : blank.replaceAll("\n", lineBreak) }));
  return [...editsBetween(outline, placed), ...editAtEnd(source, outline, lineBreak)];
}

/** The text, formatted; undefined for one with syntax errors. */
export function formatText(source: Source): string | undefined {
  const edits = formatEdits(source);
  return edits && applyTextEdits(source.text, edits);
}

/** Those of the edits that format the whole text which reach into the lines from `first` to `last`, both zero-based. */
export function formatLines(source: Source, first: number, last: number): readonly TextEdit[] | undefined {
  const start = source.offset({ line: first, character: 0 });
  const end = source.offset({ line: last, character: Number.MAX_SAFE_INTEGER });
  return formatEdits(source)?.filter((edit) => edit.start <= end && start <= edit.end);
}

/** The edit that indents a line as deep as its brackets say; undefined when it is so. Takes broken text too. */
export function indentEdit(source: Source, line: number): TextEdit | undefined {
  const start = source.offset({ line, character: 0 });
  const text = source.line(line);
  const had = /^[ \t]*/.exec(text)?.[0] ?? "";
  const closes = /^[\]}]/.test(text.slice(had.length));
  const wanted = "  ".repeat(Math.max(0, depthAt(source.text, start) - (closes ? 1 : 0)));
  return had === wanted ? undefined : { start, end: start + had.length, text: wanted };
}

/**
 * The tokens in their new order, cut where everything in front of the cut was in front of it before: there only the blank changes. Between two cuts tokens
 * change places, and the whole stretch is written anew.
 */
function editsBetween({ text, tokens }: Outline, placed: readonly Placed[]): TextEdit[] {
  const edits: TextEdit[] = [];
  const startOf = (token: number): number => tokens[token]?.start ?? text.length;
  const endOf = (token: number): number => tokens[token]?.end ?? 0;
  for (let from = 0; from < placed.length; ) {
    let highest = (placed[from] as Placed).token;
    let to = from + 1;
    while (highest > to - 1) highest = Math.max(highest, (placed[to++] as Placed).token);
    const [start, end] = [from === 0 ? 0 : endOf(from - 1), to - from === 1 ? startOf(from) : endOf(to - 1)];
    const stretch = placed.slice(from, to).map(({ blank, token }) => blank + text.slice(startOf(token), endOf(token))).join("");
    const wanted = to - from === 1 ? (placed[from] as Placed).blank : stretch;
    if (text.slice(start, end) !== wanted) edits.push({ start, end, text: wanted });
    from = to;
  }
  return edits;
}

/** The first one between two tokens: the inside of a comment does not count, since it stays as it is. */
function lineBreakOf({ text, tokens }: Outline): string {
  let end = 0;
  for (const token of tokens) {
    if (token.breaks > 0) return /\r\n|\r|\n/.exec(text.slice(end, token.start))?.[0] ?? "\n";
    end = token.end;
  }
  return /\r\n|\r|\n/.exec(text.slice(end))?.[0] ?? "\n";
}

function editAtEnd({ text }: Source, { tokens }: Outline, lineBreak: string): TextEdit[] {
  const start = tokens.at(-1)?.end ?? 0;
  return text.slice(start) === lineBreak ? [] : [{ start, end: text.length, text: lineBreak }];
}
