// What fits on one line: whether a value may stand on one at all, and how wide it is then. Knows nothing of where the line begins.
import type { Container, Member, Outline, TokenIndex, Value } from "./outline";

/** Records inside records inside records are hard to read on one line, however short they are. */
const RECORD_DEPTH = 2;

/** Widths of values on one line, each worked out once. */
export class FlatWidths {
  private readonly known = new Map<Value, number | undefined>();

  constructor(private readonly outline: Outline) {}

  /** Columns of the value on one line; undefined when it must not stand on one. */
  of(value: Value): number | undefined {
    if (value.kind === "leaf") return this.ofToken(value.token);
    if (!this.known.has(value)) this.known.set(value, this.measure(value));
    return this.known.get(value);
  }

  /** The same of a member, with its comma and the comments on its line that are not at its end. */
  ofMember(member: Member): number | undefined {
    const value = this.of(member.value);
    if (value === undefined || member.above.length > 0 || member.behind.length > 0) return undefined;
    return value + this.ofKey(member) + this.ofComments(member.front) + this.ofComments(member.afterValue) + (member.comma === undefined ? 0 : 1);
  }

  ofToken(index: TokenIndex): number {
    const { start, end } = this.outline.tokens[index] as { start: number; end: number };
    return end - start;
  }

  private measure(container: Container): number | undefined {
    if (container.behindOpen.length > 0 || container.under.length > 0 || isOpenedOnPurpose(container)) return undefined;
    if (depthOf(container) > RECORD_DEPTH) return undefined;
    const widths = container.members.map((member) => this.ofMember(member));
    if (widths.includes(undefined)) return undefined;
    const blanks = container.members.length === 0 ? 0 : container.members.length - 1 + (container.kind === "object" ? 2 : 0);
    return 2 + blanks + (widths as number[]).reduce((sum, one) => sum + one, 0);
  }

  private ofKey({ key, beforeColon, beforeValue }: Member): number {
    return key === undefined ? 0 : this.ofToken(key) + this.ofComments(beforeColon) + 2 + this.ofComments(beforeValue);
  }

  private ofComments(comments: readonly TokenIndex[]): number {
    return comments.reduce((sum, one) => sum + this.ofToken(one) + 1, 0);
  }
}

/** Several records are a table; one that has a line of its own keeps it; and a comma behind the last member of an opened container says that it stays open. */
function isOpenedOnPurpose({ kind, members, isOpened }: Container): boolean {
  const records = kind === "list" ? members.filter((member) => member.value.kind === "object").length : 0;
  return records > 1 || (isOpened && (records > 0 || members.at(-1)?.comma !== undefined));
}

function depthOf(value: Value): number {
  if (value.kind === "leaf") return 0;
  const inner = value.members.reduce((deepest, member) => Math.max(deepest, depthOf(member.value)), 0);
  return inner + (value.kind === "object" ? 1 : 0);
}
