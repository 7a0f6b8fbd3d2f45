// What a hand does to a text: type, delete, give another value, cut, paste, repeat and move entries. Careful ones leave a text that is still read, mostly
// within one entry. Knows nothing of files.
import { type Node, parseTree } from "jsonc-parser";
import type { Change } from "./desk";
import { changed, withinLine } from "./desk";
import type { Random } from "./random";

const TYPED = [..."{}[],:\"\\/* \n0123456789abcdefxKMG_-.#", "\r\n", "//", "/*", "*/", "0x", "\t", "\u{1f600}", "\ud800", "é", "\0"];
const VALUES = [
  "null", "true", "0", "-1", "1e400", "9007199254740993", "[]", "{}", '""', '"unknown"', '"none"', '"0x0"', '"0xffff_ffff_ffff_ffff"', '"0x8000_0000"', '"4K"', '"3K"', '"16E"', '"64K"', '"0x0-0xffff"',
  '"__proto__"', '"its"', '"smmu"', '"dram0"', '"uart0.next"', '"align(uart0.next, 64K)"', '"SV RR CR UF"', '"00:01.0"', '"odd-host-a"', '"soc.platform.jsonc"', '"odd-host-a.platform.jsonc"', '"odd-*.platform.jsonc"', '"off"', '"hint"',
];
const MEMBERS = ['"disabled": true, ', '"name": "uart0", ', '"description": "x", ', '"assign": true, ', '"size": "4K", ', '"noMap": true, ', '"node": 1, ', '"in": "soc", '];
const SIZES = ['"4K"', '"64K"', '"2M"', '"1G"', '"0x1000"', '"0"', '"3K"', '"16E"'];

export class Gestures {
  private clipboard = '{ "name": "uart0", "base": "0x0900_0000", "size": "4K" }';

  constructor(private readonly random: Random) {}

  /** One thing that people do who look at what they type: it stays within one value or key. */
  careful(text: string): readonly Change[] {
    const kind = this.random.weighted([[30, "digit"], [24, "same key"], [12, "size"], [12, "name"], [10, "comment"], [12, "member"]] as const);
    switch (kind) {
      case "digit":
        return this.digit(text);
      case "same key":
        return this.valueOfSameKey(text);
      case "size":
        return this.replaceOne(matches(text, /(?<="size":\s*)"[^"\n]*"/g), SIZES);
      case "name":
        return this.inName(text);
      case "comment":
        return this.onOne(matches(text, /\/\/[^\n]*/g), ({ index, 0: { length } }) => [this.put(text, index + 2 + this.random.below(length - 1), this.random.pick([" 4K", "1", " at 0x1000", "é"]))]);
      case "member":
        return this.onOne(matches(text, /\{ (?="name")/g), ({ index }) => [this.put(text, index + 2, this.random.pick(MEMBERS))]);
    }
  }

  /** One thing that people do; moving is two changes. @param breaking how often in a hundred times it mostly ends in a syntax error */
  any(text: string, breaking: number): readonly Change[] {
    const { random } = this;
    const kind = random.chance(breaking)
      ? random.weighted([[10, "type"], [4, "delete"], [2, "line"], [4, "comment"]] as const)
      : random.weighted([[30, "value"], [16, "digit"], [4, "repeat"], [8, "cut"], [5, "paste"], [6, "move"], [4, "member"]] as const);
    switch (kind) {
      case "type":
        return [this.put(text, random.below(text.length + 1), random.pick(TYPED))];
      case "delete":
        return [this.cut(text, random.below(text.length + 1), 1 + random.below(4))];
      case "line":
        return [this.cut(text, lineStart(text, random.below(text.length + 1)), random.below(80))];
      case "comment":
        return [this.put(text, lineStart(text, random.below(text.length + 1)), random.chance(50) ? "// " : "\n")];
      case "digit":
        return this.digit(text);
      case "value":
        return this.value(text);
      case "member":
        return this.onOne(nodesOf(text).filter(({ type }) => type === "object"), ({ offset }) => [this.put(text, offset + 1, random.pick(MEMBERS))]);
      default:
        return this.withEntry(text, kind);
    }
  }

  private withEntry(text: string, kind: "repeat" | "cut" | "move" | "paste"): readonly Change[] {
    const entries = nodesOf(text).filter(({ type, parent, length }) => type === "object" && parent?.type === "array" && length < 500);
    return this.onOne(entries, ({ offset, length }) => {
      if (kind === "paste") return [this.put(text, offset, `${this.clipboard}, `)];
      this.clipboard = text.slice(offset, offset + length);
      if (kind === "repeat") return [this.put(text, offset, `${this.clipboard},${this.random.chance(50) ? "\n    " : " "}`)];
      const comma = /^\s*,/.exec(text.slice(offset + length))?.[0].length ?? 0;
      const cut = { start: offset, end: offset + length + comma, text: "" };
      return kind === "cut" ? [cut] : [cut, this.pasteBeside(text, cut, this.random.pick(entries).offset)];
    });
  }

  private pasteBeside(text: string, cut: Change, other: number): Change {
    const at = other < cut.start ? other : other >= cut.end ? other - (cut.end - cut.start) : cut.start;
    const rest = changed(text, cut);
    return this.put(rest, Math.min(at, rest.length), `${this.clipboard}, `);
  }

  /** Another value, as often as not one that stands elsewhere in the text. */
  private value(text: string): readonly Change[] {
    const { random } = this;
    const values = matches(text, /"[^"\n]*"(\s*:)?|(?<=[:[] *)(?:true|\d+)/g).filter((match) => random.chance(2) || match[1] === undefined);
    return this.replaceOne(values, random.chance(50) ? VALUES : values.map(([value]) => value));
  }

  private valueOfSameKey(text: string): readonly Change[] {
    const pairs = matches(text, /"(\w+)":\s*("[^"\n]*"|true|\d+)/g);
    return this.onOne(pairs, ({ index, 0: { length }, 1: key, 2: value = "" }) => {
      const others = pairs.flatMap((one) => (one[1] === key ? [one[2] as string] : []));
      return [{ start: index + length - value.length, end: index + length, text: this.random.pick(others) }];
    });
  }

  private inName(text: string): readonly Change[] {
    return this.onOne(matches(text, /(?<="(?:name|in|to)":\s*")[\w.-]+(?=")/g), ({ index, 0: { length } }) => {
      const at = index + this.random.below(length);
      return [this.random.chance(50) ? { start: at, end: at + 1, text: "" } : { start: at, end: at, text: this.random.pick([..."ab01"]) }];
    });
  }

  private digit(text: string): readonly Change[] {
    return this.replaceOne(matches(text, /(?<=0x[\da-f_]*)[\da-f]|(?<=")\d(?=\d*[KMG]")/gi), [..."0123456789abcdef"]);
  }

  private replaceOne(of: readonly RegExpExecArray[], by: readonly string[]): readonly Change[] {
    return this.onOne(of, ({ index, 0: { length } }) => [{ start: index, end: index + length, text: this.random.pick(by) }]);
  }

  /** A text that has none of them gets a blank in front. */
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
}

function matches(text: string, pattern: RegExp): RegExpExecArray[] {
  return [...text.matchAll(pattern)];
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
