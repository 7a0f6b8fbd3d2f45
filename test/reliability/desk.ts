// A folder of files as someone works on them: what is on the disk, and what stands in the editor over it. Each step changes that in one way.
// Knows nothing of servers, nor of who takes the steps.

/** A stretch of a text and what comes in its place. The offsets are those of the text right before it. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type Step =
  /** One notification with one or more changes, each of the text that the one before has left. */
  | { readonly kind: "edit"; readonly file: string; readonly changes: readonly Change[] }
  /** The whole text at once, as clients send it that know no ranges. */
  | { readonly kind: "replace"; readonly file: string; readonly text: string }
  | { readonly kind: "open" | "close" | "save"; readonly file: string }
  /** Another program writes a file; undefined when it deletes it. */
  | { readonly kind: "write"; readonly file: string; readonly text: string | undefined };

export class Desk {
  readonly open: Map<string, string>;
  readonly disk: Map<string, string>;

  constructor(open: ReadonlyMap<string, string>, disk: ReadonlyMap<string, string>) {
    this.open = new Map(open);
    this.disk = new Map(disk);
  }

  take(step: Step): void {
    const { open, disk } = this;
    const { file } = step;
    switch (step.kind) {
      case "edit":
        open.set(file, step.changes.reduce(changed, this.openText(file)));
        break;
      case "replace":
        open.set(file, step.text);
        break;
      case "open":
        open.set(file, disk.get(file) ?? "");
        break;
      case "close":
        open.delete(file);
        break;
      case "save":
        disk.set(file, this.openText(file));
        break;
      case "write":
        if (step.text === undefined) disk.delete(file);
        else disk.set(file, step.text);
    }
  }

  openText(file: string): string {
    const text = this.open.get(file);
    if (text === undefined) throw new Error(`${file} is not open`);
    return text;
  }

  copy(): Desk {
    return new Desk(this.open, this.disk);
  }
}

export function changed(text: string, { start, end, text: put }: Change): string {
  return text.slice(0, start) + put + text.slice(end);
}

/** The one change that makes a text of another: what is between the same beginning and the same end. */
export function changeBetween(before: string, after: string): Change {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let same = 0;
  while (same < shorter - start && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  const change = { start: withinLine(before, start), end: before.length - same, text: "" };
  const end = withinLine(before, change.end) === change.end ? change.end : change.end + 1;
  return { ...change, end, text: after.slice(change.start, after.length - (before.length - end)) };
}

/** No position is between the two characters of one line end. */
export function withinLine(text: string, at: number): number {
  return text[at - 1] === "\r" && text[at] === "\n" ? at - 1 : at;
}
