// A member of an object or a list with the comments that are its own, to move it as one piece. Knows nothing of where it goes.
import type { Container, Member, Outline, Value } from "./format/outline";

/** A member of an object or a list as a piece of the text. */
export interface Parts {
  readonly start: number;
  readonly end: number;
  /** Comments above and the entry itself. */
  readonly head: string;
  readonly hasComma: boolean;
  /** Comments behind the comma, with the blanks in front of them. */
  readonly tail: string;
}

export function partsOf({ text, tokens }: Outline, member: Member): Parts {
  const startOf = (index: number): number => tokens[index]?.start ?? 0;
  const endOf = (index: number): number => tokens[index]?.end ?? 0;
  const start = startOf(member.above[0] ?? member.front[0] ?? member.key ?? firstOf(member.value));
  const headEnd = endOf(member.afterValue.at(-1) ?? lastOf(member.value));
  const bodyEnd = member.comma === undefined ? headEnd : endOf(member.comma);
  const end = Math.max(bodyEnd, ...member.behind.map(endOf));
  return { start, end, head: text.slice(start, headEnd), hasComma: member.comma !== undefined, tail: text.slice(bodyEnd, end) };
}

/** The object or list that begins at an offset. */
export function containerAt({ tokens }: Outline, value: Value, start: number): Container | undefined {
  if (value.kind === "leaf" || (tokens[value.open]?.start ?? 0) > start || (tokens[value.close]?.end ?? 0) <= start) return undefined;
  if (tokens[value.open]?.start === start) return value;
  for (const member of value.members) {
    const found = containerAt({ tokens } as Outline, member.value, start);
    if (found) return found;
  }
  return undefined;
}

function firstOf(value: Value): number {
  return value.kind === "leaf" ? value.token : value.open;
}

function lastOf(value: Value): number {
  return value.kind === "leaf" ? value.token : value.close;
}
