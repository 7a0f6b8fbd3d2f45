// Which mentions mean the same entry: in one file, in a file and those that it extends, in a guest and the files of its hosts. An entry that a file writes
// over one of an extended file is the same; one that it writes after it has removed the other is not. Knows nothing of protocols, nor how files are found.
import type { FileId } from "../../../core/src/index";
import type { Mention, NamingFile } from "./mentions";
import { isUnsettled, mentionsOf } from "./mentions";

/** A mention in its file. */
export interface PlacedMention {
  readonly file: NamingFile;
  readonly mention: Mention;
}

/**
 * Where what a mention means is written: in its own file (or in that of the host that it names), in those that this one extends, nearest first, then in
 * those that are laid over it (left out without `above`). Of an entry with a name and an address the one that the mention goes by.
 */
export function declarationsOf(placed: PlacedMention, files: Iterable<NamingFile>, { above = true } = {}): readonly PlacedMention[] {
  const family = new Family(files);
  const start = family.scopesOf(placed);
  const scopes = [...family.reach(start, { down: true }).values(), ...(above ? family.reach(start, { up: true }).values() : [])];
  const byEntry = new Map<string, PlacedMention>();
  for (const { file, id } of scopes) {
    for (const mention of family.mentionsIn(file, id)) {
      if (mention.role !== "declaration") continue;
      const key = `${file.source.file} ${mention.entry?.start}`;
      if (!byEntry.has(key) || (mention.by === placed.mention.by && byEntry.get(key)?.mention.by !== mention.by)) byEntry.set(key, { file, mention });
    }
  }
  return [...byEntry.values()];
}

/** Every mention, in all the files, of what a mention means: by its name and by its address. `files` holds the mention's own. */
export function mentionsOfSame(placed: PlacedMention, files: Iterable<NamingFile>): readonly PlacedMention[] {
  const family = new Family(files);
  const scopes = family.reach(family.scopesOf(placed), { down: true, up: true });
  const ids = new Set([...scopes.values()].map(({ id }) => id));
  return family.all.flatMap((file) => {
    const same = mentionsOf(file).all.filter((mention) => (ids.has(mention.id) || isUnsettled(mention)) && family.scopesOf({ file, mention }).some((scope) => scopes.has(keyOf(scope))));
    return same.map((mention) => ({ file, mention }));
  });
}

/** The file in which a new name of what a mention means would meet another entry; undefined where there is none. */
export function fileWithName(placed: PlacedMention, name: string, files: Iterable<NamingFile>): NamingFile | undefined {
  const family = new Family(files);
  const scopes = family.reach(family.scopesOf(placed), { down: true, up: true });
  const own = [...scopes.values()].map((scope) => ({ file: scope.file, id: `name ${name}` }));
  const met = family.reach(own, { down: true, isOpen: true });
  return [...own, ...met.values()].find(({ file, id }) => family.mentionsIn(file, id).some((one) => one.role === "declaration"))?.file;
}

/** An `id` as a file means it together with those that it extends. */
interface Scope {
  readonly file: NamingFile;
  readonly id: string;
}

interface Reaching {
  /** To the files that one extends. */
  readonly down?: boolean;
  /** To the files that extend one. */
  readonly up?: boolean;
  /** Also to files that do not mention it. */
  readonly isOpen?: boolean;
}

class Family {
  readonly all: readonly NamingFile[];
  private readonly byFile: ReadonlyMap<FileId, NamingFile>;
  private over: ReadonlyMap<NamingFile, readonly NamingFile[]> | undefined;
  private readonly views = new Map<NamingFile, readonly NamingFile[]>();
  private readonly mentioned = new Map<string, boolean>();

  constructor(files: Iterable<NamingFile>) {
    this.all = [...files];
    this.byFile = new Map(this.all.map((file) => [file.source.file, file]));
  }

  /** What a mention means; nothing for the entry of a host that is not among the files, several for one that a file removes. */
  scopesOf({ file, mention }: PlacedMention): readonly Scope[] {
    const own = this.known(file);
    if (mention.removes) return this.lowerOf(own).filter((lower) => this.isMentioned(lower, mention.id)).map((lower) => ({ file: lower, id: mention.id }));
    const owner = mention.host === undefined ? own : this.hostOf(own, mention.host);
    return owner ? [{ file: owner, id: this.settled(owner, mention.id) }] : [];
  }

  /** The scopes that mean the same as those at the start, these first. */
  reach(start: readonly Scope[], reaching: Reaching): ReadonlyMap<string, Scope> {
    const reached = new Map(start.map((scope) => [keyOf(scope), scope]));
    for (const scope of reached.values()) {
      for (const next of this.next(scope, reaching)) if (!reached.has(keyOf(next))) reached.set(keyOf(next), next);
    }
    return reached;
  }

  /** The mentions of an `id` in one file. */
  mentionsIn(file: NamingFile, id: string): readonly Mention[] {
    const mentions = mentionsOf(file);
    const unsettled = id.startsWith("pci ") ? mentions.unsettled.filter((one) => one.host === undefined && this.settled(file, one.id) === id) : [];
    return [...mentions.of(id), ...unsettled];
  }

  private *next({ file, id }: Scope, { down = false, up = false, isOpen = false }: Reaching): Generator<Scope> {
    for (const { alias } of this.mentionsIn(file, id)) if (alias !== undefined) yield { file, id: this.settled(file, alias) };
    if (id === "file") return;
    const leads = (lower: NamingFile, upper: NamingFile): boolean => (isOpen || this.isMentioned(lower, id)) && !this.isRemoved(upper, lower, id);
    if (down) for (const lower of this.lowerOf(file)) if (leads(lower, file)) yield { file: lower, id };
    if (up) for (const upper of this.upperOf(file)) if (leads(file, upper)) yield { file: upper, id };
  }

  /** True when a file or one that it extends mentions an `id`. */
  private isMentioned(file: NamingFile, id: string): boolean {
    const key = keyOf({ file, id });
    const known = this.mentioned.get(key);
    if (known !== undefined) return known;
    // Until this is known, a file that leads back here in a circle has nothing to add.
    this.mentioned.set(key, false);
    const found = this.mentionsIn(file, id).length > 0 || this.lowerOf(file).some((lower) => !this.isRemoved(file, lower, id) && this.isMentioned(lower, id));
    this.mentioned.set(key, found);
    return found;
  }

  /** By its name, or by that of a function with the address. */
  private isRemoved(upper: NamingFile, lower: NamingFile, id: string): boolean {
    const { removed } = mentionsOf(upper);
    if (removed.size === 0) return false;
    if (id.startsWith("name ")) return removed.has(id.slice(5));
    return this.viewOf(lower).some((file) => this.mentionsIn(file, id).some(({ alias }) => alias?.startsWith("name ") && removed.has(alias.slice(5))));
  }

  /** The `id` with the segment that is meant. */
  private settled(file: NamingFile, id: string): string {
    const [kind, segment = "", requester = ""] = id.split(" ");
    if (kind !== "pci" || !/^[-@]/.test(segment)) return id;
    if (segment === "-") return this.functionAt(file, requester) ?? id;
    const said = this.viewOf(file).map((one) => mentionsOf(one).segments.get(segment.slice(1))).find((one) => one !== undefined);
    return `pci ${said ?? "0"} ${requester}`;
  }

  /** The first function with a requester id: what an address means that leaves its segment out, outside any host bridge. */
  private functionAt(file: NamingFile, requester: string): string | undefined {
    for (const one of this.viewOf(file)) {
      const found = mentionsOf(one).all.find(({ role, by, id }) => role === "declaration" && by === "address" && id.endsWith(` ${requester}`));
      if (found) return this.settled(one, found.id);
    }
    return undefined;
  }

  /** The file and all that it extends, nearest first. */
  private viewOf(file: NamingFile): readonly NamingFile[] {
    let view = this.views.get(file);
    if (!view) {
      const files = new Set([file]);
      for (const one of files) for (const lower of this.lowerOf(one)) files.add(lower);
      this.views.set(file, (view = [...files]));
    }
    return view;
  }

  /** A later one counts over an earlier one. */
  private lowerOf(file: NamingFile): readonly NamingFile[] {
    return (file.lower ?? []).map((one) => this.known(one)).reverse();
  }

  private upperOf(file: NamingFile): readonly NamingFile[] {
    if (!this.over) {
      const over = new Map<NamingFile, NamingFile[]>();
      for (const upper of this.all) for (const lower of this.lowerOf(upper)) over.set(lower, [...(over.get(lower) ?? []), upper]);
      this.over = over;
    }
    return this.over.get(file) ?? [];
  }

  /** The one object that stands for a file. */
  private known(file: NamingFile): NamingFile {
    return this.byFile.get(file.source.file) ?? file;
  }

  /** The file of a host that a guest names. */
  private hostOf(file: NamingFile, host: string): NamingFile | undefined {
    const named = file.others && file.others.size > 0 ? file.others.values() : this.all;
    for (const one of named) if (one.kind === "platform" && mentionsOf(one).of("file").some(({ text }) => text === host)) return this.known(one);
    return undefined;
  }
}

function keyOf({ file, id }: Scope): string {
  return `${file.source.file}\n${id}`;
}
