// Where a document names things: entries by their names, PCI functions by their addresses too, hosts by the names that their files give. Works on broken text.
// Knows nothing of protocols, of what other files say, nor of what is wrong with a name.
import type { EntryKind, FileId, FileKind, RecordType, TextSpan } from "../../../core/src/index";
import { fileTypes, parsePciAddress, requesterId } from "../../../core/src/index";
import { namesInExpression } from "../jsonc/namesInExpression";
import type { Source } from "../jsonc/source";
import type { Stretch, TypedObject, TypedValue } from "../jsonc/typedWalk";
import { innerSpan, walkTyped } from "../jsonc/typedWalk";
import { NodeKind } from "../jsonc/tree";

/** A stretch of text that declares something or refers to it. */
export interface Mention {
  readonly role: "declaration" | "reference";
  readonly by: "name" | "address";
  /** As it is written. */
  readonly text: string;
  /**
   * What is meant, unique in its file: `name dram0`, `pci 0 256` (segment and requester id), or `file` for the file's own name. In place of the segment
   * stands `@pcie0` where that host bridge leaves it to a file which this one extends, and `-` where there is no bridge around it.
   */
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
  /** The entry is one of the extended files' that this file leaves out: what the name means here is another entry, or none. */
  readonly removes?: true;
}

/** A file with what it names. */
export interface NamingFile {
  readonly source: Source;
  readonly kind: FileKind | undefined;
  /** The files that it names, where that is known: of several hosts with one name it means the one among them. */
  readonly others?: ReadonlyMap<FileId, NamingFile>;
  /** The files that it extends itself, in its order, as far as they can be read. */
  readonly lower?: readonly NamingFile[];
}

/** What a file names, in the order of the text. */
export class Mentions {
  private readonly byId = new Map<string, Mention[]>();
  /** Those whose `id` may be another than it is here, once other files are known. */
  readonly unsettled: readonly Mention[];
  /** Names that the file leaves out of those that it extends. */
  readonly removed: ReadonlySet<string>;

  constructor(
    readonly all: readonly Mention[],
    /** The segments that host bridges say, by the bridges' names. */
    readonly segments: ReadonlyMap<string, string> = new Map(),
    /** The paths of the files that it extends, as they are written. */
    readonly extended: readonly string[] = [],
  ) {
    this.unsettled = all.filter(isUnsettled);
    this.removed = new Set(all.filter((one) => one.removes).map(({ text }) => text));
    for (const one of all) {
      if (one.removes || one.host !== undefined || isUnsettled(one)) continue;
      const same = this.byId.get(one.id);
      if (same) same.push(one);
      else this.byId.set(one.id, [one]);
    }
  }

  /** The mention at an offset; its end counts. */
  at(offset: number): Mention | undefined {
    return this.all.find(({ span }) => span.start <= offset && offset <= span.end);
  }

  /** The mentions of this file's own that have an `id` which depends on no other file. */
  of(id: string): readonly Mention[] {
    return this.byId.get(id) ?? [];
  }
}

/** True when only other files tell the segment of an address. */
export function isUnsettled({ id }: Mention): boolean {
  return /^pci [-@]/.test(id);
}

const known = new WeakMap<Source, Mentions>();

/** The mentions of a file; none in one whose kind is not known. */
export function mentionsOf({ source, kind }: NamingFile): Mentions {
  let mentions = known.get(source);
  if (!mentions) {
    mentions = kind ? collect(source, fileTypes[kind]) : new Mentions([]);
    known.set(source, mentions);
  }
  return mentions;
}

/** The mention at an offset; its end counts. What the rest of the file mentions need not be known for it. */
export function mentionAt({ source, kind }: NamingFile, offset: number): Mention | undefined {
  if (!kind) return undefined;
  return (known.get(source) ?? collect(source, fileTypes[kind], { start: offset, end: offset })).at(offset);
}

function collect(source: Source, record: RecordType, within?: Stretch): Mentions {
  const mentions: Mention[] = [];
  const bridges = new Map<string, string>();
  const extended: string[] = [];
  const segmentOf = segments(source);
  walkTyped(source, record, {
    object(object) {
      const name = object.record.entry === "host-bridge" ? textOf(source, object, "name") : undefined;
      const segment = name === undefined ? undefined : textOf(source, object, "segment");
      if (name !== undefined && segment !== undefined) bridges.set(name, segment);
    },
    value(value) {
      if (source.tree.kind(value.node) !== NodeKind.String) return;
      if (isKeyOfFile(value, "extends")) return void extended.push(source.tree.string(value.node));
      const mention = removed(source, value) ?? byName(source, value, segmentOf) ?? byAddress(source, value, segmentOf);
      if (mention) mentions.push(mention);
      else mentions.push(...inExpression(source, value));
    },
  }, within);
  return new Mentions(mentions, bridges, extended);
}

function isKeyOfFile({ key, object }: TypedValue, wanted: string): boolean {
  return key === wanted && object.parent === undefined;
}

function removed(source: Source, value: TypedValue): Mention | undefined {
  if (!isKeyOfFile(value, "remove")) return undefined;
  const text = source.tree.string(value.node);
  return { role: "reference", by: "name", text, id: `name ${text}`, host: undefined, span: spanOf(source, value), entry: undefined, kind: undefined, alias: undefined, removes: true };
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
  const alias = at === undefined ? undefined : addressId(at, segmentOf(object));
  return { ...declaration, id: `name ${text}`, kind: object.record.entry, alias };
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

/** The segment that holds inside an object, as an `id` has it: that of the host bridge around it, which is 0 where nothing says one. */
function segments(source: Source): SegmentOf {
  const found = new Map<TypedObject, string>();
  const extendsOthers = source.tree.root >= 0 && source.propertyOf(source.tree.root, "extends") >= 0;
  const ofBridge = (bridge: TypedObject): string => {
    const name = extendsOthers ? textOf(source, bridge, "name") : undefined;
    return textOf(source, bridge, "segment") ?? (name === undefined ? "0" : `@${name}`);
  };
  const segmentOf = (object: TypedObject): string => {
    const segment = found.get(object) ?? (object.record.entry === "host-bridge" ? ofBridge(object) : object.parent ? segmentOf(object.parent) : "-");
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
