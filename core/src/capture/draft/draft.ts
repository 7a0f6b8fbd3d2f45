// A document before it is text: plain values with comments. Knows nothing of the language's keys, nor of how JSON is
// laid out.

/** Numbers and booleans stand as they are; addresses and sizes are texts in the language's forms. */
export type DraftValue = string | number | boolean | DraftList | DraftRecord;

/** An element of a list. `comment` stands above it, a line each. */
export interface DraftItem {
  readonly value: DraftValue;
  readonly comment?: readonly string[];
}

export interface DraftList {
  readonly kind: "list";
  readonly items: readonly DraftItem[];
}

/** A key with its value. `comment` stands above it, a line each. */
export interface DraftMember {
  readonly key: string;
  readonly value: DraftValue;
  readonly comment?: readonly string[];
}

/** `note` stands behind the record when it is one line, else above it. */
export interface DraftRecord {
  readonly kind: "record";
  readonly members: readonly DraftMember[];
  readonly note?: string;
}

/** A whole document, with the comment at its head. */
export interface Draft {
  readonly comment: readonly string[];
  readonly root: DraftRecord;
}

/** A record of the keys whose values are not undefined, in their order. */
export function record(values: Readonly<Record<string, DraftValue | undefined>>, note?: string): DraftRecord {
  const members = Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
  return { kind: "record", members, ...(note !== undefined && note !== "" && { note }) };
}

export function list(values: readonly DraftValue[]): DraftList {
  return { kind: "list", items: values.map((value) => ({ value })) };
}

/** The list, or undefined where it would be empty: an absent key says that there is nothing. */
export function listUnlessEmpty(values: readonly DraftValue[]): DraftList | undefined {
  return values.length === 0 ? undefined : list(values);
}
