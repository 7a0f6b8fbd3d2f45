// Which entry of an old description is which of a new draft of the same machine: by what the hardware fixes (PCI address, first byte,
// register number), never by name alone where something better is there. Knows nothing of edits.
import { parseBusRange, parsePciAddress, printPciAddress } from "../../../core/src/index";
import type { View } from "../jsonc/view";
import { extentOf } from "./updateExtent";
import { meaning } from "./updateSame";

export interface Matches {
  /** The old entry of an entry of the draft. */
  readonly oldOf: ReadonlyMap<number, View>;
  /** Nodes of old entries that the draft has too. */
  readonly found: ReadonlySet<number>;
  /** The old entry's name by the draft's, where both have one. */
  readonly names: ReadonlyMap<string, string>;
}

/** What tells an entry from its neighbours; undefined: this cannot tell it. */
type Identity = (entry: View) => string | undefined;

interface Pass {
  readonly identity: Identity;
  /** It says so little that it counts only when as many entries are left on both sides. */
  readonly weak?: boolean;
  /** It counts only for entries that share an address, or have no place. */
  readonly meets?: boolean;
}

export function matchPlatforms(old: View, fresh: View): Matches {
  const matching = new Matching();
  matching.functions(old, fresh);
  matching.records(old, fresh);
  return matching;
}

class Matching implements Matches {
  readonly oldOf = new Map<number, View>();
  readonly found = new Set<number>();
  readonly names = new Map<string, string>();

  /** Functions are the same wherever they are nested: an address is one in the whole machine. */
  functions(old: View, fresh: View): void {
    const addressed = functionsIn(old);
    for (const [address, entry] of functionsIn(fresh)) {
      const one = addressed.get(address);
      if (!one) continue;
      this.pair(one, entry);
      this.records(one, entry);
    }
  }

  records(old: View, fresh: View): void {
    for (const [key, value] of fresh.members) {
      const one = old.members.get(key);
      if (!one || key === "captured") continue;
      if (value.isObject && one.isObject) this.records(one, value);
      else if (value.isList && one.isList) this.lists(key, one, value);
    }
  }

  /** Functions are matched already. */
  private lists(key: string, old: View, fresh: View): void {
    if (key === "devices" && fresh.items.some((entry) => entry.members.has("at"))) return;
    for (const pass of PASSES[key] ?? UNKNOWN_LIST) this.pass(pass, old, fresh);
    for (const entry of fresh.items) {
      const one = this.oldOf.get(entry.node);
      if (one) this.records(one, entry);
    }
  }

  private pass({ identity, weak, meets }: Pass, old: View, fresh: View): void {
    const left = groupBy(old.items.filter((entry) => entry.isObject && !this.found.has(entry.node)), identity);
    const right = groupBy(fresh.items.filter((entry) => entry.isObject && !this.oldOf.has(entry.node)), identity);
    for (const [id, entries] of right) {
      const others = left.get(id) ?? [];
      if (weak === true && others.length !== entries.length) continue;
      entries.forEach((entry, index) => {
        const one = others[index];
        if (one && (meets !== true || meet(one, entry))) this.pair(one, entry);
      });
    }
  }

  private pair(old: View, fresh: View): void {
    this.oldOf.set(fresh.node, old);
    this.found.add(old.node);
    const [before, now] = [old.textOf("name"), fresh.textOf("name")];
    if (before !== undefined && now !== undefined) this.names.set(now, before);
  }
}

/** All PCI functions below the host bridges by their full address; of two with the same address the first. */
function functionsIn(root: View): Map<string, View> {
  const found = new Map<string, View>();
  for (const bridge of root.members.get("pci")?.items ?? []) {
    const segment = Number(bridge.textOf("segment") ?? 0);
    const open = [...(bridge.members.get("devices")?.items ?? [])];
    for (let entry = open.shift(); entry; entry = open.shift()) {
      const at = parsePciAddress(entry.textOf("at") ?? "");
      const address = at && printPciAddress(at, segment);
      if (address !== undefined && !found.has(address)) found.set(address, entry);
      open.push(...(entry.members.get("devices")?.items ?? []));
    }
  }
  return found;
}

const first: Identity = (entry) => extentOf(entry)?.[0]?.first.toString();
const last: Identity = (entry) => extentOf(entry)?.at(-1)?.last.toString();
const name: Identity = (entry) => entry.textOf("name");
const type: Identity = (entry) => entry.textOf("type");
const same: Identity = () => "";
const placed: readonly Pass[] = [
  { identity: (entry) => all(first(entry), last(entry), name(entry)) },
  { identity: (entry) => all(first(entry), last(entry)) },
  { identity: first },
  { identity: last },
  { identity: keysOf("size", "align", "within", "type") },
  { identity: name, meets: true },
];
const scoped: readonly Pass[] = [{ identity: keysOf("ids", "devices", "below", "streams") }, { identity: same, weak: true }];

const PASSES: Readonly<Record<string, readonly Pass[]>> = {
  memory: placed,
  devices: placed,
  reserved: placed,
  doorbells: placed,
  cxlWindows: placed,
  iommus: [{ identity: first }, { identity: keysOf("at") }, { identity: name }, { identity: type, weak: true }],
  pci: [{ identity: rootBus }, { identity: name }],
  iommu: scoped,
  msi: scoped,
  inbound: [{ identity: keysOf("bus") }, { identity: same, weak: true }],
  windows: [{ identity: windowPlace }, { identity: type, weak: true }],
  bars: [{ identity: keysOf("bar", "virtual") }],
};

/** Of lists that no one thought of here. */
const UNKNOWN_LIST: readonly Pass[] = [{ identity: name }, { identity: first }, { identity: same, weak: true }];

/** The values of these keys together; nothing where the entry has none of them, or has a place. */
function keysOf(...keys: readonly string[]): Identity {
  return (entry) => {
    const values = keys.map((key) => {
      const value = entry.members.get(key);
      return value ? meaning(key, value, (text) => text) : "";
    });
    const isPlaced = keys.includes("size") && extentOf(entry) !== undefined;
    return isPlaced || values.every((value) => value === "") ? undefined : values.join("|");
  };
}

function rootBus(bridge: View): string | undefined {
  const text = bridge.textOf("buses");
  const buses = text === undefined ? { first: 0 } : parseBusRange(text);
  return buses && `${Number(bridge.textOf("segment") ?? 0)}:${buses.first}`;
}

/** I/O and memory are two spaces. A window without a bus address has the CPU's. */
function windowPlace(window: View): string | undefined {
  const start = window.members.get("bus") ?? window.members.get("cpu");
  const place = extentOf(window)?.[0]?.first.toString() ?? (start && JSON.parse(meaning("bus", start, (text) => text)) as string);
  return place === undefined ? undefined : `${window.textOf("type") === "io" ? "io" : "memory"} ${place}`;
}

function all(...parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join("|");
}

function meet(a: View, b: View): boolean {
  const [one, other] = [extentOf(a), extentOf(b)];
  return !one || !other || one.some((x) => other.some((y) => x.first <= y.last && y.first <= x.last));
}

function groupBy(entries: readonly View[], identity: Identity): Map<string, View[]> {
  const groups = new Map<string, View[]>();
  for (const entry of entries) {
    const id = identity(entry);
    if (id === undefined) continue;
    const group = groups.get(id);
    if (group) group.push(entry);
    else groups.set(id, [entry]);
  }
  return groups;
}
