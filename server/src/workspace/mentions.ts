// Where a document names things: entries by their names, PCI functions by their addresses too, hosts by the names that their files give. Works on broken text.
// Knows nothing of protocols, nor of what is wrong with a name.
import type { EntryKind, FileId, FileKind, RecordType, TextSpan } from "../../../core/src/index";
import { fileTypes, parsePciAddress, requesterId } from "../../../core/src/index";
import { namesInExpression } from "../jsonc/namesInExpression";
import type { Source } from "../jsonc/source";
import type { TypedObject, TypedValue } from "../jsonc/typedWalk";
import { innerSpan, walkTyped } from "../jsonc/typedWalk";
import { NodeKind } from "../jsonc/tree";

/** A stretch of text that declares something or refers to it. */
export interface Mention {
  readonly role: "declaration" | "reference";
  readonly by: "name" | "address";
  /** As it is written. */
  readonly text: string;
  /** What is meant, unique in its file: `name dram0`, `pci 0 256` (segment and requester id), or `file` for the file's own name. */
  readonly id: string;
  /** The name of the platform in whose file `id` means something; undefined for this file. */
  readonly host: string | undefined;
  /** The text without its quotes. */
  readonly span: TextSpan;
  /** Of a declaration: the whole entry. */
  readonly entry: TextSpan | undefined;
  /** Of a declaration by name: what the entry is to a reference. */
  readonly kind: EntryKind | undefined;
  /** Of a declaration: the other `id` of the same entry, for a PCI function that has both a name and an address. */
  readonly alias: string | undefined;
}

/** A file with what it names. */
export interface NamingFile {
  readonly source: Source;
  readonly kind: FileKind | undefined;
  /** The files that it names, where that is known: of several hosts with one name it means the one among them. */
  readonly others?: ReadonlyMap<FileId, NamingFile>;
}

/** What a file names, in the order of the text. */
export class Mentions {
  private readonly declared = new Map<string, Mention[]>();
  /** By requester id, the first function's `id`: what an address means that leaves its segment out, outside any host bridge. */
  private readonly functions = new Map<string, string>();

  constructor(readonly all: readonly Mention[]) {
    for (const one of all) if (one.role === "declaration") this.declare(one);
  }

  /** The mention at an offset; its end counts. */
  at(offset: number): Mention | undefined {
    return this.all.find(({ span }) => span.start <= offset && offset <= span.end);
  }

  /** The declarations of what an `id` means. More than one is a finding. */
  declarationsOf(id: string): readonly Mention[] {
    return this.declared.get(this.resolved(id)) ?? [];
  }

  /** The `id` with the segment that is meant. */
  resolved(id: string): string {
    const [kind, segment, requester = ""] = id.split(" ");
    return kind === "pci" && segment === "-" ? (this.functions.get(requester) ?? id) : id;
  }

  private declare(one: Mention): void {
    this.declared.set(one.id, [...(this.declared.get(one.id) ?? []), one]);
    const requester = one.by === "address" ? (one.id.split(" ")[2] ?? "") : "";
    if (requester !== "" && !this.functions.has(requester)) this.functions.set(requester, one.id);
  }
}

const known = new WeakMap<Source, Mentions>();

/** The mentions of a file; none in one whose kind is not known. */
export function mentionsOf({ source, kind }: NamingFile): Mentions {
  let mentions = known.get(source);
  if (!mentions) {
    mentions = new Mentions(kind ? collect(source, fileTypes[kind]) : []);
    known.set(source, mentions);
  }
  return mentions;
}

/** A mention in its file. */
export interface PlacedMention {
  readonly file: NamingFile;
  readonly mention: Mention;
}

/** The declarations of what a mention means, in its own file or in that of the host that it names. */
export function declarationsOf({ file, mention }: PlacedMention, files: Iterable<NamingFile>): readonly PlacedMention[] {
  const owner = ownerOf(file, mention, files);
  return owner ? mentionsOf(owner).declarationsOf(mention.id).map((one) => ({ file: owner, mention: one })) : [];
}

/** Every mention, in all the files, of what a mention means: by its name and by its address. `files` holds the mention's own. */
export function mentionsOfSame(placed: PlacedMention, files: Iterable<NamingFile>): readonly PlacedMention[] {
  const all = [...files];
  const owner = ownerOf(placed.file, placed.mention, all);
  if (!owner) return [];
  const id = mentionsOf(owner).resolved(placed.mention.id);
  const wanted = new Set([id, ...mentionsOf(owner).declarationsOf(id).map((one) => one.alias)]);
  return all.flatMap((file) => {
    const same = mentionsOf(file).all.filter((mention) => wanted.has(mentionsOf(owner).resolved(mention.id)) && ownerOf(file, mention, all)?.source.file === owner.source.file);
    return same.map((mention) => ({ file, mention }));
  });
}

/** The file in which a mention means something; undefined for that of a host which is not among the files. */
function ownerOf(file: NamingFile, { host }: Mention, files: Iterable<NamingFile>): NamingFile | undefined {
  if (host === undefined) return file;
  const named = file.others && file.others.size > 0 ? file.others.values() : files;
  for (const one of named) if (one.kind === "platform" && mentionsOf(one).declarationsOf("file").some(({ text }) => text === host)) return one;
  return undefined;
}

function collect(source: Source, record: RecordType): Mention[] {
  const mentions: Mention[] = [];
  const segmentOf = segments(source);
  walkTyped(source, record, {
    value(value) {
      if (source.tree.kind(value.node) !== NodeKind.String) return;
      const mention = byName(source, value, segmentOf) ?? byAddress(source, value, segmentOf);
      if (mention) mentions.push(mention);
      else mentions.push(...inExpression(source, value));
    },
  });
  return mentions;
}

type SegmentOf = (object: TypedObject) => string;

function byName(source: Source, value: TypedValue, segmentOf: SegmentOf): Mention | undefined {
  const { type, key, object } = value;
  const text = source.tree.string(value.node);
  const common = { by: "name", text, span: spanOf(source, value) } as const;
  if (type.kind === "reference") {
    const isHost = type.to?.includes("platform") ?? false;
    return { ...common, role: "reference", id: isHost ? "file" : `name ${text}`, host: isHost ? text : undefined, entry: undefined, kind: undefined, alias: undefined };
  }
  if (type.kind !== "name") return undefined;
  const declaration = { ...common, role: "declaration", host: undefined, entry: source.spanOf(object.node) } as const;
  if (object.parent === undefined) return { ...declaration, id: "file", kind: key === "platform" ? "platform" : undefined, alias: undefined };
  const at = object.record.entry === "function" ? textOf(source, object, "at") : undefined;
  return { ...declaration, id: `name ${text}`, kind: object.record.entry, alias: at === undefined ? undefined : addressId(at, segmentOf(object)) };
}

function byAddress(source: Source, value: TypedValue, segmentOf: SegmentOf): Mention | undefined {
  const { type, key, object } = value;
  const isCaptured = type.kind === "text" && (key === "devices" || key === "iommus");
  if (type.kind !== "pci-address" && !isCaptured) return undefined;
  const text = source.tree.string(value.node);
  const host = textOf(source, object, "host");
  const id = addressId(text, segmentOf(object));
  if (id === undefined) return undefined;
  const common = { by: "address", text, id, span: spanOf(source, value) } as const;
  if (key !== "at" || object.record.entry !== "function") return { ...common, role: "reference", host, entry: undefined, kind: undefined, alias: undefined };
  const name = textOf(source, object, "name");
  return { ...common, role: "declaration", host: undefined, entry: source.spanOf(object.node), kind: "function", alias: name === undefined ? undefined : `name ${name}` };
}

function inExpression(source: Source, { node, type }: TypedValue): Mention[] {
  return namesInExpression(source, node, type).map(({ name, start, end }) => ({
    role: "reference", by: "name", text: name, id: `name ${name}`, host: undefined, span: { file: source.file, start, end }, entry: undefined, kind: undefined, alias: undefined,
  }));
}

function addressId(text: string, segment: string): string | undefined {
  const at = parsePciAddress(text);
  return at && `pci ${at.segment ?? segment} ${requesterId(at)}`;
}

/** The segment that holds inside an object: that of the host bridge around it, which is 0 where it says none; `-` where there is no bridge. */
function segments(source: Source): SegmentOf {
  const found = new Map<TypedObject, string>();
  const segmentOf = (object: TypedObject): string => {
    const segment = found.get(object) ?? (object.record.entry === "host-bridge" ? (textOf(source, object, "segment") ?? "0") : object.parent ? segmentOf(object.parent) : "-");
    found.set(object, segment);
    return segment;
  };
  return segmentOf;
}

/** A plain member of an object: the text of a string, the digits of a number. */
function textOf(source: Source, { node }: TypedObject, key: string): string | undefined {
  const { tree } = source;
  const property = source.propertyOf(node, key);
  const value = property < 0 ? -1 : tree.firstChild(property);
  return value < 0 ? undefined : tree.kind(value) === NodeKind.String ? tree.string(value) : tree.raw(value);
}

function spanOf(source: Source, { node }: TypedValue): TextSpan {
  return { file: source.file, ...innerSpan(source, node) };
}
