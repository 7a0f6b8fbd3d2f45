// Someone who works on the files of a desk at random: edits, undoes, saves, and closes files without saving, now with care and now without. Stays with a file
// for a while, and mostly mends what is broken, as people do. Knows nothing of servers.
import { parseJsonc } from "../../server/src/jsonc/parse";
import type { Change, Desk, Step } from "./desk";
import { changeBetween, changed } from "./desk";
import { Gestures } from "./gestures";
import type { Random } from "./random";

/** What can be undone in one file. */
interface History {
  readonly past: string[];
  readonly future: string[];
}

export class Author {
  private file: string;
  private left = 0;
  private isCareful = true;
  private readonly gestures: Gestures;
  private readonly histories = new Map<string, History>();
  private readonly first: ReadonlyMap<string, string>;

  /** @param weights how often each file is worked on */
  constructor(
    private readonly random: Random,
    private readonly desk: Desk,
    private readonly weights: readonly (readonly [weight: number, file: string])[],
  ) {
    this.first = new Map([...desk.disk, ...desk.open]);
    this.file = random.weighted(weights);
    this.gestures = new Gestures(random);
  }

  /** The next step. The desk is as it was before; whoever asks takes it. */
  next(): Step {
    const { random, desk } = this;
    const isNew = this.left-- <= 0;
    if (isNew) {
      this.file = random.weighted(this.weights);
      this.left = random.below(24);
      this.isCareful = random.chance(50);
    }
    const { file } = this;
    const text = desk.open.get(file);
    if (text === undefined) return random.chance(60) ? { kind: "open", file } : this.writeElsewhere(desk.disk.get(file) ?? "");
    if (isNew && this.isCareful) return this.remembered(text, { kind: "replace", file, text: this.first.get(file) as string });
    const kind = random.weighted([[300, "edit"], [3, "close"], [3, "save"], [2, "write"], [4, "again"]] as const);
    if (kind === "edit") return this.edit(text);
    if (kind === "again") return this.remembered(text, { kind: "replace", file, text: random.chance(70) ? (this.first.get(file) as string) : text });
    if (kind === "write") return this.writeElsewhere(text);
    if (kind === "close") this.histories.delete(file);
    return { kind, file };
  }

  private edit(text: string): Step {
    const { random, file } = this;
    const isBroken = parseJsonc(text).faults.length > 0;
    if (this.history(file).past.length > 0 && random.chance(isBroken ? 80 : 12)) return this.undo(text);
    if (random.chance(6)) return this.redo(text);
    return this.remembered(text, { kind: "edit", file, changes: this.isCareful ? this.carefulChanges(text) : this.roughChanges(text) });
  }

  private carefulChanges(text: string): readonly Change[] {
    const [blows, breaking] = [this.random.chance(85) ? 1 : 3, this.random.chance(6)];
    return this.repeated(text, blows, (now) => (breaking ? this.gestures.any(now, 20) : this.gestures.careful(now)));
  }

  private roughChanges(text: string): readonly Change[] {
    const blows = this.random.chance(25) ? 1 : 1 + this.random.below(20);
    return this.repeated(text, blows, (now) => this.gestures.any(now, blows === 1 ? 20 : 4));
  }

  private repeated(text: string, times: number, gesture: (text: string) => readonly Change[]): readonly Change[] {
    const changes: Change[] = [];
    let now = text;
    while (changes.length < times) {
      const made = gesture(now);
      changes.push(...made);
      now = made.reduce(changed, now);
    }
    return changes;
  }

  private remembered(text: string, step: Step): Step {
    const { past, future } = this.history(step.file);
    past.push(text);
    if (past.length > 50) past.shift();
    future.length = 0;
    return step;
  }

  private undo(text: string): Step {
    const { past, future } = this.history(this.file);
    future.push(text);
    return { kind: "edit", file: this.file, changes: [changeBetween(text, past.pop() ?? text)] };
  }

  private redo(text: string): Step {
    const { past, future } = this.history(this.file);
    const next = future.pop();
    if (next !== undefined) past.push(text);
    return { kind: "edit", file: this.file, changes: [changeBetween(text, next ?? text)] };
  }

  private writeElsewhere(text: string): Step {
    const { file, random } = this;
    if (random.chance(20)) return { kind: "write", file, text: undefined };
    return { kind: "write", file, text: random.chance(50) ? (this.first.get(file) as string) : this.gestures.any(text, 20).reduce(changed, text) };
  }

  private history(file: string): History {
    const known = this.histories.get(file) ?? { past: [], future: [] };
    this.histories.set(file, known);
    return known;
  }
}
