// Reads a flattened device tree (.dtb) into nodes and properties. Knows nothing of what a property means.
import type { CapturedRange, Unread } from "../reading";
import { BlobFault } from "./blobBytes";
import type { BlobBlocks } from "./blobHeader";
import { readBlobHeader } from "./blobHeader";
import type { DeviceTree, PropertyValue, TreeNode } from "./treeNode";

/**
 * What was read, or why nothing could be. A blob that is damaged anywhere gives no tree: half a machine would be a
 * wrong one.
 */
export type BlobReading =
  | { readonly tree: DeviceTree; readonly unread: readonly Unread[]; readonly fault?: undefined }
  | { readonly tree?: undefined; readonly fault: string };

const DEPTH_LIMIT = 64;
/** Five times the largest trees of real boards. */
const NODE_LIMIT = 32_768;
const PROPERTY_LIMIT = 500_000;
const RESERVATION_LIMIT = 1024;

/** Tokens of the structure block (Devicetree Specification 0.4, 5.4.1). */
const [BEGIN_NODE, END_NODE, PROPERTY, NOP, END] = [1, 2, 3, 4, 9] as const;

/** Reads a blob. Bytes after the size that the header states are passed over. `where` names the blob in notes. */
export function readBlob(bytes: Uint8Array, where: string): BlobReading {
  const unread: Unread[] = [];
  try {
    const blocks = readBlobHeader(bytes);
    if (blocks.missingFrom !== undefined)
      unread.push({
        where,
        because: `the header states ${blocks.missingFrom} bytes, but there are ${bytes.length}; all blocks are whole`,
      });
    const reservations = readReservations(blocks, where, unread);
    return { tree: { root: new StructureReader(blocks, where, unread).read(), reservations }, unread };
  } catch (error) {
    if (error instanceof BlobFault) return { fault: error.message };
    throw error;
  }
}

/** Pairs of address and size, up to a pair of zeros (5.3). */
function readReservations({ reservations: block }: BlobBlocks, where: string, unread: Unread[]): CapturedRange[] {
  const found: CapturedRange[] = [];
  for (let at = block.start; ; at += 16) {
    const [base, size] = [block.u64(at), block.u64(at + 8)];
    if (base === 0n && size === 0n) return found;
    if (found.length >= RESERVATION_LIMIT)
      throw new BlobFault(at, `more than ${RESERVATION_LIMIT} memory reservations`);
    if (size === 0n || base + size > 1n << 64n)
      unread.push({
        where,
        because: `memory reservation at byte ${hex(at)}: ${hex(base)} with ${hex(size)} bytes is no range`,
      });
    else found.push({ base, last: base + size - 1n });
  }
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

interface OpenNode extends TreeNode {
  readonly properties: Map<string, PropertyValue>;
  readonly children: OpenNode[];
}

/** One pass over the structure block, without recursion. */
class StructureReader {
  private at: number;
  private readonly open: OpenNode[] = [];
  private readonly names = new Map<number, string>();
  private root: OpenNode | undefined;
  private nodes = 0;
  private properties = 0;

  constructor(
    private readonly blocks: BlobBlocks,
    private readonly where: string,
    private readonly unread: Unread[],
  ) {
    this.at = blocks.structure.start;
  }

  read(): TreeNode {
    for (;;) {
      const token = this.blocks.structure.u32(this.at);
      const at = this.at;
      this.at += 4;
      if (token === BEGIN_NODE) this.beginNode(at);
      else if (token === END_NODE) this.endNode(at);
      else if (token === PROPERTY) this.property(at);
      else if (token === END) return this.end(at);
      else if (token !== NOP) throw new BlobFault(at, `0x${token.toString(16)} is no token of a device tree`);
    }
  }

  private beginNode(at: number): void {
    const name = this.blocks.structure.name(this.at);
    const parent = this.open.at(-1);
    if (!parent && this.root) throw new BlobFault(at, "a second root node");
    if (this.open.length >= DEPTH_LIMIT) throw new BlobFault(at, `nodes nested more than ${DEPTH_LIMIT} deep`);
    if (++this.nodes > NODE_LIMIT) throw new BlobFault(at, `more than ${NODE_LIMIT} nodes`);
    const path = parent ? `${parent.path === "/" ? "" : parent.path}/${name}` : "/";
    const node: OpenNode = { name: parent ? name : "", path, parent, properties: new Map(), children: [] };
    if (parent) parent.children.push(node);
    else this.root = node;
    this.open.push(node);
    this.skip(name.length + 1);
  }

  private endNode(at: number): void {
    if (!this.open.pop()) throw new BlobFault(at, "the end of a node that did not begin");
  }

  private property(at: number): void {
    const node = this.open.at(-1);
    if (!node) throw new BlobFault(at, "a property outside of every node");
    if (++this.properties > PROPERTY_LIMIT) throw new BlobFault(at, `more than ${PROPERTY_LIMIT} properties`);
    const { structure } = this.blocks;
    const [length, nameOffset] = [structure.u32(this.at), structure.u32(this.at + 4)];
    const name = this.nameAt(nameOffset);
    this.at += 8;
    const value = structure.slice(this.at, length);
    this.skip(length);
    if (node.properties.has(name))
      this.unread.push({ where: this.where, because: `${node.path}: a second ${name}; the first one counts` });
    else node.properties.set(name, value);
  }

  private end(at: number): TreeNode {
    const unfinished = this.open.at(-1);
    if (unfinished) throw new BlobFault(at, `the tree ends inside node ${unfinished.path}`);
    if (!this.root) throw new BlobFault(at, "a tree without a node");
    return this.root;
  }

  /** Names are shared by many properties. */
  private nameAt(offset: number): string {
    const known = this.names.get(offset);
    if (known !== undefined) return known;
    const name = this.blocks.strings.name(this.blocks.strings.start + offset);
    this.names.set(offset, name);
    return name;
  }

  /** Past a value and up to the next multiple of four. */
  private skip(length: number): void {
    this.at += (length + 3) & ~3;
  }
}
