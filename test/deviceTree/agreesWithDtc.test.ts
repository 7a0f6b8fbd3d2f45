// The blob reader against the reference compiler: the same nodes, the same properties, the same bytes.
import assert from "node:assert/strict";
import { nodesOf, type TreeNode } from "../../core/src/capture/deviceTree/treeNode";
import { readBlob } from "../../core/src/capture/deviceTree/readBlob";
import { blobOf, cells, machines, sourceOf } from "./blobs";

/** Every node's properties by its path, the values in hexadecimal. */
type Listing = Record<string, Record<string, string>>;

/** Reads the text that dtc makes of a blob: one property or brace a line. */
function listingOfSource(source: string): { listing: Listing; reservations: string[] } {
  const listing: Listing = {};
  const reservations: string[] = [];
  const open: string[] = [];
  for (const line of source.split("\n").map((text) => text.trim())) {
    const node = /^(\S+) \{$/.exec(line);
    const property = /^([^\s=;]+)(?: = (.*))?;$/.exec(line);
    const reservation = /^\/memreserve\/\s+(\S+) (\S+);$/.exec(line);
    const path = open.length <= 1 ? "/" : open.join("/");
    if (node) {
      open.push(node[1] === "/" ? "" : (node[1] ?? ""));
      listing[open.length <= 1 ? "/" : open.join("/")] = {};
    } else if (line === "};") open.pop();
    else if (reservation) reservations.push(`${reservation[1]} ${reservation[2]}`);
    else if (property && open.length > 0)
      (listing[path] as Record<string, string>)[property[1] ?? ""] = bytesOf(property[2] ?? "").toString("hex");
  }
  return { listing, reservations };
}

const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
};

/** `<0x00 0x1>`, `"text\0text"` or `[de ad]`. */
function bytesOf(value: string): Buffer {
  if (value.startsWith("<")) return cells(...value.slice(1, -1).split(" ").map(Number));
  if (value.startsWith("[")) return Buffer.from(value.slice(1, -1).replaceAll(" ", ""), "hex");
  if (!value.startsWith('"')) return Buffer.alloc(0);
  const text = value
    .slice(1, -1)
    .replace(/\\(x[0-9a-f]{2}|.)/g, (_, code: string) =>
      code.length === 3 ? String.fromCharCode(parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
    );
  return Buffer.from(`${text}\0`, "latin1");
}

function listingOf(root: TreeNode): Listing {
  const values = (node: TreeNode): Record<string, string> =>
    Object.fromEntries([...node.properties].map(([name, bytes]) => [name, Buffer.from(bytes).toString("hex")]));
  return Object.fromEntries([...nodesOf(root)].map((node) => [node.path, values(node)]));
}

describe("the blob reader and dtc", () => {
  for (const machine of machines) {
    it(`read the same tree of ${machine}`, () => {
      const { listing, reservations } = listingOfSource(sourceOf(machine));
      const { tree, fault } = readBlob(blobOf(machine), machine);
      assert.ok(tree, fault);
      assert.ok(Object.keys(listing).length > 20, "dtc's text has nodes");
      assert.deepEqual(listingOf(tree.root), listing);
      assert.equal(tree.reservations.length, reservations.length);
    });
  }
});
