// Someone who works on the files of a desk at random: types, deletes, cuts, pastes, moves and repeats entries, changes values, undoes, saves, and closes
// files without saving. Stays with a file for a while, and mostly mends what is broken, as people do. Knows nothing of servers.
import { type Node, parseTree } from "jsonc-parser";
import { parseJsonc } from "../../server/src/jsonc/parse";
import type { Change, Desk, Step } from "./desk";
import { changeBetween, changed, withinLine } from "./desk";
import type { Random } from "./random";

const TYPED = [..."{}[],:\"\\/* \n0123456789abcdefxKMG_-.#", "\r\n", "//", "/*", "*/", "0x", "\t", "\u{1f600}", "\ud800", "é", "\0"];
const VALUES = [
  "null", "true", "0", "-1", "1e400", "9007199254740993", "[]", "{}", '""', '"unknown"', '"none"', '"0x0"', '"0xffff_ffff_ffff_ffff"', '"0x8000_0000"', '"4K"', '"3K"', '"16E"', '"64K"', '"0x0-0xffff"',
  '"__proto__"', '"its"', '"smmu"', '"dram0"', '"uart0.next"', '"align(uart0.next, 64K)"', '"SV RR CR UF"', '"00:01.0"', '"odd-host-a"', '"soc.platform.jsonc"', '"odd-host-a.platform.jsonc"', '"odd-*.platform.jsonc"', '"off"', '"hint"',
];
const ENTRIES = ['"disabled": true, ', '"name": "uart0", ', '"description": "x", ', '"assign": true, ', '"size": "4K", '];

/** What can be undone in one file. */
interface History {
  readonly past: string[];
  readonly future: string[];
}

export class Author {
  private file: string;
  private left = 0;
  private clipboard = '{ "name": "uart0", "base": "0x0900_0000", "size": "4K" }';
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
  }

  /** The next step. The desk is as it was before; whoever asks takes it. */
  next(): Step {
    if (this.left-- <= 0) {
      this.file = this.random.weighted(this.weights);
      this.left = this.random.below(24);
    }
    const { file, random, desk } = this;
    const text = desk.open.get(file);
    if (text === undefined) return random.chance(60) ? { kind: "open", file } : this.writeElsewhere(desk.disk.get(file) ?? "");
    const kind = random.weighted([[300, "edit"], [3, "close"], [3, "save"], [2, "write"], [6, "again"]] as const);
    if (kind === "edit") return this.edit(text);
    if (kind === "again") return this.remembered(text, { kind: "replace", file, text: random.chance(70) ? (this.first.get(file) as string) : text });
    if (kind === "write") return this.writeElsewhere(text);
    if (kind === "close") this.histories.delete(file);
    return { kind, file };
  }

  private edit(text: string): Step {
    const { random, file } = this;
    const past = this.history(file).past.at(-1);
    const isBroken = parseJsonc(text).faults.length > 0;
    if (past !== undefined && random.chance(isBroken ? 80 : 12)) return this.undo(text);
    if (random.chance(6)) return this.redo(text);
    const changes: Change[] = [];
    let now = text;
    const blows = random.chance(30) ? 1 : 1 + random.below(12);
    while (changes.length < blows) {
      for (const change of this.gesture(now, blows === 1 ? 20 : 4)) {
        changes.push(change);
        now = changed(now, change);
      }
    }
    return this.remembered(text, { kind: "edit", file, changes });
  }

  /** One thing that people do; moving is two changes. @param breaking how often in a hundred times it mostly ends in a syntax error */
  private gesture(text: string, breaking: number): readonly Change[] {
    const { random } = this;
    const kind = random.chance(breaking)
      ? random.weighted([[10, "type"], [4, "delete"], [2, "line"], [4, "comment"]] as const)
      : random.weighted([[30, "value"], [16, "digit"], [4, "repeat"], [8, "cut"], [5, "paste"], [6, "move"], [4, "member"]] as const);
    if (kind === "type") return [this.put(text, random.below(text.length + 1), random.pick(TYPED))];
    if (kind === "delete") return [this.cut(text, random.below(text.length + 1), 1 + random.below(4))];
    if (kind === "line") return [this.cut(text, lineStart(text, random.below(text.length + 1)), random.below(80))];
    if (kind === "comment") return [this.put(text, lineStart(text, random.below(text.length + 1)), random.chance(50) ? "// " : "\n")];
    if (kind === "digit") return this.digit(text);
    if (kind === "value") return this.value([...text.matchAll(/"[^"\n]*"(\s*:)?|(?<=[:[] *)(?:true|\d+)/g)].filter((match) => random.chance(2) || match[1] === undefined));
    const nodes = nodesOf(text);
    if (kind === "member") return this.onOne(nodes.filter(({ type }) => type === "object"), ({ offset }) => [this.put(text, offset + 1, random.pick(ENTRIES))]);
    const entries = nodes.filter(({ type, parent, length }) => type === "object" && parent?.type === "array" && length < 500);
    if (kind === "paste") return this.onOne(entries, ({ offset }) => [this.put(text, offset, `${this.clipboard}, `)]);
    return this.onOne(entries, ({ offset, length }) => this.withEntry(text, kind, offset, length, entries));
  }

  private withEntry(text: string, kind: "repeat" | "cut" | "move", offset: number, length: number, entries: readonly Node[]): readonly Change[] {
    this.clipboard = text.slice(offset, offset + length);
    if (kind === "repeat") return [this.put(text, offset, `${this.clipboard},${this.random.chance(50) ? "\n    " : " "}`)];
    const comma = /^\s*,/.exec(text.slice(offset + length))?.[0].length ?? 0;
    const cut = { start: offset, end: offset + length + comma, text: "" };
    if (kind === "cut") return [cut];
    const rest = changed(text, cut);
    const other = this.random.pick(entries).offset;
    const at = other < offset ? other : other >= cut.end ? other - (cut.end - cut.start) : offset;
    return [cut, this.put(rest, Math.min(at, rest.length), `${this.clipboard}, `)];
  }

  /** Another value, as often as not one that stands elsewhere in the text. */
  private value(values: readonly RegExpExecArray[]): readonly Change[] {
    const { random } = this;
    return this.onOne(values, ({ index, 0: value }) => [{ start: index, end: index + value.length, text: random.chance(50) ? random.pick(VALUES) : random.pick(values)[0] }]);
  }

  private digit(text: string): readonly Change[] {
    const digits = [...text.matchAll(/(?<=0x[\da-f_]*)[\da-f]|(?<=")\d(?=\d*[KMG]")/gi)];
    return this.onOne(digits, ({ index }) => [{ start: index, end: index + 1, text: this.random.pick([..."0123456789abcdef"]) }]);
  }

  private onOne<T>(of: readonly T[], does: (one: T) => readonly Change[]): readonly Change[] {
    return of.length === 0 ? [{ start: 0, end: 0, text: " " }] : does(this.random.pick(of));
  }

  private put(text: string, at: number, put: string): Change {
    const start = withinLine(text, at);
    return { start, end: start, text: put };
  }

  private cut(text: string, at: number, length: number): Change {
    const start = withinLine(text, at);
    return { start, end: Math.max(start, withinLine(text, Math.min(text.length, at + length))), text: "" };
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
    return { kind: "write", file, text: random.chance(50) ? (this.first.get(file) as string) : this.gesture(text, 20).reduce(changed, text) };
  }

  private history(file: string): History {
    const known = this.histories.get(file);
    if (known) return known;
    const fresh = { past: [], future: [] };
    this.histories.set(file, fresh);
    return fresh;
  }
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

function nodesOf(text: string): Node[] {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const nodes: Node[] = [];
  const waiting = root ? [root] : [];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    nodes.push(node);
    waiting.push(...(node.children ?? []));
  }
  return nodes;
}
