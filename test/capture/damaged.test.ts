// Damaged and hostile captures: every cut gives an ImportError or a note, never a crash, a hang or a fact from nowhere.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { importPlatform, ImportError, type ImportHost } from "../../server/src/import/importPlatform";
import { nodeHost } from "../../server/src/nodeHost";
import { archiveOf, capturedFolder, capturedText, documentOf, functionsOf } from "./captures";

const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === "string" ? Buffer.from(content) : content;

/** Imports bytes as standard input: a document and notes, or the ImportError's message. Anything else is a defect. */
function tryImport(content: Uint8Array | string): { text: string; notes: readonly string[] } | string {
  const host: ImportHost = { ...nodeHost, readStandardInput: () => bytesOf(content) };
  try {
    return importPlatform(["-"], host);
  } catch (error) {
    assert.ok(error instanceof ImportError, `an ImportError, not ${String(error)}`);
    assert.match(error.message, /^standard input/);
    return error.message;
  }
}

function isDocument(result: ReturnType<typeof tryImport>): boolean {
  if (typeof result === "string") return false;
  documentOf(result.text);
  return true;
}

/** A tar archive of one entry, with a right checksum. */
function archive(name: string, content: Uint8Array, change: (header: Buffer) => void = () => undefined): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("0", 156);
  header.write("ustar\0", 257);
  change(header);
  header.fill(0x20, 148, 156);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512), Buffer.alloc(1024)]);
}

const name = "x86-05-switch";
const iomemText = bytesOf("00001000-0009ffff : System RAM\n");

describe("a damaged archive", () => {
  const tar = gunzipSync(fs.readFileSync(archiveOf(name)));

  it("cut at every 512 bytes, and around them, is refused, or read with a note that it may be cut", () => {
    const end = tar.length - [...tar].reverse().findIndex((byte) => byte !== 0);
    for (let block = 512; block < end; block += 512) {
      for (const cut of [block - 1, block, block + 1]) {
        const result = tryImport(tar.subarray(0, cut));
        if (typeof result === "string") assert.match(result, /ends inside|holds nothing of a capture|none of/);
        else assert.match(result.notes.join("\n"), /no end mark/, `cut at ${cut}`);
      }
    }
  }).timeout(20_000);

  it("cut anywhere in its compressed form is refused", () => {
    const packed = fs.readFileSync(archiveOf(name));
    for (let end = 2; end < packed.length; end += 997)
      assert.equal(typeof tryImport(packed.subarray(0, end)), "string", `cut at ${end}`);
  });

  it("with any byte of a header changed is refused or read, never more", () => {
    for (let at = 0; at < 512; at++) {
      const changed = Buffer.from(tar);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      isDocument(tryImport(changed));
    }
  });

  const sizes = ["00000000000", "00000000001", "77777777777", "-0000000001", "99999999999", "zzzzzzzzzzz", ""];
  for (const size of sizes) {
    it(`with the size field ${JSON.stringify(size)} is refused or read`, () => {
      isDocument(tryImport(archive("proc/iomem", iomemText, (header) => header.fill(0, 124, 136).write(size, 124))));
    });
  }

  it("with a size in GNU's binary form at its limits is refused", () => {
    for (const first of [0x80, 0xff]) {
      const result = tryImport(
        archive("proc/iomem", iomemText, (header) => header.fill(0xff, 124, 136).writeUInt8(first, 124)),
      );
      assert.equal(typeof result, "string");
    }
  });

  it("with paths that climb or are absolute harms nothing, and takes nothing from them", () => {
    for (const path of ["../../proc/iomem", "a/../proc/iomem", "proc/../../iomem"]) {
      assert.match(String(tryImport(archive(path, iomemText))), /holds nothing of a capture/);
    }
    assert.ok(isDocument(tryImport(archive("/proc/iomem", iomemText))));
  });

  it("with links out of it follows none", () => {
    const link = archive("proc/iomem", Buffer.alloc(0), (header) => {
      header.write("2", 156);
      header.write("/proc/iomem", 157);
    });
    const result = tryImport(link);
    assert.ok(typeof result !== "string");
    assert.equal(documentOf(result.text).captured.source, "standard input");
    assert.doesNotMatch(result.text, /"memory"/);
  });

  it("that unpacks to more than a capture ever has is refused", () => {
    const bomb = gzipSync(Buffer.alloc(300 << 20), { level: 1 });
    assert.match(String(tryImport(bomb)), /cannot be read/);
  }).timeout(20_000);
});

describe("damaged configuration space", () => {
  const port = fs.readFileSync(path.join(capturedFolder(name), "sys/bus/pci/devices/0000:00:02.0/config"));
  const packed = (config: Uint8Array): Buffer => archive("sys/bus/pci/devices/0000:00:02.0/config", config);

  it("cut at every length gives a document, and a note where something is missing", () => {
    for (let length = 1; length <= port.length; length = length < 300 ? length + 1 : length + 61) {
      const result = tryImport(packed(port.subarray(0, length)));
      assert.ok(typeof result !== "string");
      const [found] = functionsOf(documentOf(result.text));
      if (length < port.length)
        assert.ok(
          length >= 0x150 || result.notes.some((note) => /bytes|extended|broken/.test(note)),
          `a note at ${length}`,
        );
      if (length < 0x150)
        assert.ok(found?.entry.acs === "unknown" || result.notes.length > 0, `no fact about ACS at ${length}`);
    }
  });

  it("with every pointer of the capability lists at its limits ends", () => {
    const pointers = [0x34, 0x41, 0x49, 0x55, 0x100, 0x101, 0x102, 0x103, 0x148, 0x14a, 0x14b];
    for (const at of pointers) {
      for (const value of [0x00, 0x01, 0x34, 0x40, 0xfc, 0xff]) {
        const changed = Buffer.from(port);
        changed[at] = value;
        assert.ok(isDocument(tryImport(packed(changed))));
      }
    }
  });

  it("of random bytes gives a document", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4096 }), (bytes) => isDocument(tryImport(packed(bytes)))),
    );
  });

  it("with bridges whose buses make a circle ends", () => {
    const bridge = (secondary: number, subordinate: number): Buffer => {
      const config = Buffer.from(port);
      config[0x19] = secondary;
      config[0x1a] = subordinate;
      return config;
    };
    const parts = [
      ["0000:00:02.0", bridge(1, 2)],
      ["0000:01:00.0", bridge(1, 1)],
      ["0000:02:00.0", bridge(0x80, 0x01)],
      ["0000:01:01.0", bridge(2, 0)],
    ] as const;
    const tar = Buffer.concat(
      parts.map(([address, config]) =>
        archive(`sys/bus/pci/devices/${address}/config`, config).subarray(0, 512 + 4096),
      ),
    );
    const result = tryImport(Buffer.concat([tar, Buffer.alloc(1024)]));
    assert.ok(typeof result !== "string");
    assert.equal(functionsOf(documentOf(result.text)).length, 4);
  });
});

describe("damaged text", () => {
  for (const file of ["proc/iomem", "lspci.txt", "dmesg.txt"]) {
    const text = capturedText(name, file);

    it(`${file} cut at any point gives a document or an ImportError`, () => {
      for (let end = 0; end < text.length; end += Math.max(1, Math.floor(text.length / 150)))
        isDocument(tryImport(text.slice(0, end)));
    });

    it(`${file} with any line doubled, emptied or turned around gives a document or an ImportError`, () => {
      const lines = text.split("\n");
      const mangled = fc
        .tuple(fc.nat(lines.length - 1), fc.constantFrom("double", "empty", "turn", "long"))
        .map(([index, how]) => {
          const line = lines[index] ?? "";
          const changed = {
            double: [line, line],
            empty: [""],
            turn: [[...line].reverse().join("")],
            long: [line + "x".repeat(5000)],
          }[how as "double"];
          return [...lines.slice(0, index), ...(changed ?? []), ...lines.slice(index + 1)].join("\n");
        });
      fc.assert(
        fc.property(mangled, (changed) => void isDocument(tryImport(changed))),
        { numRuns: 60 },
      );
    });
  }

  it("a line of /proc/iomem that is none is said with its number", () => {
    const result = tryImport("00001000-0009ffff : System RAM\nffff-0000 : Backwards\n00100000-7fffffff : System RAM\n");
    assert.ok(typeof result !== "string");
    assert.match(result.notes.join("\n"), /proc\/iomem:2: not a line like/);
    assert.equal(documentOf(result.text).memory?.length, 2);
  });

  it("/proc/iomem nested far too deep, or with very many lines, ends soon", () => {
    const deep = Array.from(
      { length: 20_000 },
      (_, depth) =>
        `${" ".repeat(depth % 40)}${depth.toString(16).padStart(8, "0")}-${(0xf0000000 - depth).toString(16)} : level ${depth}`,
    ).join("\n");
    assert.ok(isDocument(tryImport(deep)));
    const wide = Array.from(
      { length: 50_000 },
      (_, index) =>
        `${(0x100000 + index * 0x2000).toString(16).padStart(8, "0")}-${(0x100fff + index * 0x2000).toString(16).padStart(8, "0")} : System RAM`,
    ).join("\n");
    assert.ok(isDocument(tryImport(wide)));
  }).timeout(20_000);

  it("addresses at the top of 64 bits stay exact", () => {
    const result = tryImport("00100000-7fffffff : System RAM\nfffffffffffff000-ffffffffffffffff : top\n");
    assert.ok(typeof result !== "string");
    assert.deepEqual(documentOf(result.text).devices, [{ name: "top", base: "0xfffffffffffff000", size: "4K" }]);
  });
});
