// Completion that knows the map: free places, sizes that fit, free PCI addresses, devices of hosts, whole entries.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { CompletionItem, CompletionList, MarkupContent } from "vscode-languageserver";
import { CompletionItemKind } from "vscode-languageserver";
import { checkText } from "../../server/src/workspace/check";
import { memoryFiles } from "../workspace/memoryFiles";
import { BARE, MODERN, TestClient } from "./client";
import { applied, ask, URI, withCursor } from "./documents";

const BOARD = `{ "platform": "board", "physicalAddressBits": 36,
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "64K" },
    { "name": "gicd", "base": "0x1010_0000", "size": "64K" },
    DEVICES
  ],
  "reserved": [
    { "name": "bl31", "base": "0x8000_0000", "size": "2M" },
    { "name": "optee", "base": "0x8040_0000", "size": "12M" },
    RESERVED
  ],
  "pci": [{ "name": "pcie0", "buses": "00-0f", "windows": [{ "type": "mem32", "cpu": "0x4000_0000", "size": "16M" }, WINDOWS], "devices": [
    { "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-02", "windows": [{ "type": "mem32", "bus": "0x4010_0000", "size": "1M" }], "devices": [
      { "at": "01:00.0", "bars": [{ "bar": 0, "base": "0x4010_0000", "size": "64K", "type": "mem32" }, BARS] }, BEHIND ] },
    FUNCTIONS ] }] }`;

function board(parts: Readonly<Record<string, string>>): { text: string; position: { line: number; character: number } } {
  const filled = Object.entries(parts).reduce((text, [place, entry]) => text.replace(place, entry), BOARD);
  return withCursor(filled.replace(/,? *\b(DEVICES|RESERVED|WINDOWS|BARS|BEHIND|FUNCTIONS)\b/g, ""));
}

async function suggested(parts: Readonly<Record<string, string>>, capabilities = MODERN): Promise<CompletionItem[]> {
  const { text, position } = board(parts);
  const items = await ask<CompletionItem[]>(text, "textDocument/completion", { position }, capabilities);
  return [...items].sort((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1));
}

const labels = (items: readonly CompletionItem[]): string[] => items.map(({ label, detail }) => `${label} ${detail ?? ""}`.trim());

describe("completion of a base", () => {
  it("offers free places that fit best first, at both ends of a stretch, and says why", async () => {
    const items = await suggested({ RESERVED: `{ "name": "shm", "base": "|", "size": "1M" }` });
    assert.deepEqual(labels(items), [
      "0x8020_0000 2 MiB free, after bl31",
      "0x8030_0000 2 MiB free, before optee",
      "0x8100_0000 1008 MiB free, after optee",
      "0xbff0_0000 1008 MiB free, at its upper end",
    ]);
    assert.equal(
      (items[0]?.documentation as MarkupContent).value,
      "`0x8020_0000-0x803f_ffff` (2 MiB) is free, above reservation bl31 and below reservation optee.\n\n" +
        "1 MiB at its lower end would be `0x8020_0000-0x802f_ffff`, which leaves 1 MiB.\n\nThe base is a multiple of 1 MiB.",
    );
  });

  it("offers the largest stretches first while no size is written", async () => {
    const items = await suggested({ RESERVED: `{ "name": "shm", "base": "|" }` });
    assert.deepEqual(labels(items), ["0x8100_0000 1008 MiB free, after optee", "0x8020_0000 2 MiB free, after bl31"]);
  });

  it("says once what all items share, and why one is there when it is asked, to a client that can take it so", async () => {
    const { text, position } = board({ RESERVED: `{ "name": "shm", "base": "|", "size": "1M" }` });
    const plain = await ask<CompletionItem[]>(text, "textDocument/completion", { position });
    const client = await TestClient.start({ textDocument: { completion: { completionItem: { snippetSupport: true, resolveSupport: { properties: ["documentation"] } }, completionList: { itemDefaults: ["editRange", "insertTextFormat"] } } } });
    await client.open(URI, text);
    const { items, itemDefaults } = await client.request<CompletionList>("textDocument/completion", { textDocument: { uri: URI }, position });
    assert.ok(items.length > 3 && items.every(({ documentation, textEdit, insertTextFormat }) => (documentation ?? textEdit ?? insertTextFormat) === undefined));
    const resolved = await Promise.all(items.map((item) => client.request<CompletionItem>("completionItem/resolve", item)));
    const whole = resolved.map(({ data, textEditText, ...item }) => ({ ...item, insertTextFormat: itemDefaults?.insertTextFormat, textEdit: { range: itemDefaults?.editRange, newText: textEditText } }));
    assert.deepEqual(whole, plain);
    // Words for an item of a list that is no longer the last are not made up.
    await client.request("textDocument/completion", { textDocument: { uri: URI }, position: { line: 0, character: 0 } });
    assert.deepEqual(await client.request("completionItem/resolve", items[0]), items[0]);
    await client.stop();
  });

  it("keeps devices off memory, off each other and below the width of addresses", async () => {
    const items = await suggested({ DEVICES: `{ "name": "timer", "size": "512K", "base": "|" }` });
    assert.deepEqual(labels(items).slice(0, 2), ["0x1008_0000 960 KiB free, after uart0", "0x0ff8_0000 256 MiB free, before uart0"]);
    assert.ok(items.every(({ label }) => !(BigInt(label.replaceAll("_", "")) >= 0x8000_0000n && BigInt(label.replaceAll("_", "")) < 0xc000_0000n)), labels(items).join("\n"));
  });

  it("knows windows and BARs: what the windows above let through, aligned as PCI wants it", async () => {
    assert.deepEqual(labels(await suggested({ BARS: `{ "bar": 1, "size": "256K", "type": "mem32", "base": "|" }` })), [
      "0x4014_0000 960 KiB free, after BAR 0 of 0000:01:00.0",
      "0x401c_0000 960 KiB free, at its upper end",
    ]);
    assert.deepEqual(labels(await suggested({ FUNCTIONS: `{ "at": "00:02.0", "type": "root-port", "buses": "03-03", "windows": [{ "type": "mem32", "size": "1M", "bus": "|" }] }` })), [
      "0x4000_0000 1 MiB free",
      "0x4020_0000 14 MiB free, after mem32 window of rp0 (0000:00:01.0)",
      "0x40f0_0000 14 MiB free, at its upper end",
    ]);
  });

  it("works while the text is broken", async () => {
    const { text, position } = board({ RESERVED: `{ "name": "shm", "size": "1M", "base": "|" }` });
    const client = await TestClient.start(BARE);
    await client.open("file:///b.platform.jsonc", text);
    await client.change("file:///b.platform.jsonc", 2, [{ text: text.replace('"base": "" }', '"base": " }') }]);
    const items = await client.request<CompletionItem[]>("textDocument/completion", { textDocument: { uri: "file:///b.platform.jsonc" }, position });
    assert.equal(items[0]?.label, "0x8020_0000");
    await client.stop();
  });

  it("gives, once taken, an entry that nothing is found about", async () => {
    const { text, position } = board({ RESERVED: `{ "name": "shm", "base": "|", "size": "1M" }` });
    const [item] = await ask<CompletionItem[]>(text, "textDocument/completion", { position });
    const after = applied(text, [item?.textEdit as never]);
    assert.deepEqual(checkText("a.platform.jsonc", after).findings.filter(({ rule }) => rule.startsWith("overlapping")), []);
  });
});

describe("completion of a size", () => {
  it("offers what fits at the base: all of it first, then the usual sizes", async () => {
    const items = await suggested({ RESERVED: `{ "name": "shm", "base": "0x8020_0000", "size": "|" }` });
    assert.deepEqual(labels(items).slice(0, 4), ["2M up to reservation optee", "1M naturally aligned", "512K naturally aligned", "256K naturally aligned"]);
    assert.equal((items[0]?.documentation as MarkupContent).value, "`0x8020_0000-0x803f_ffff`, 2 MiB");
  });

  it("takes what expressions beside it come to", async () => {
    const items = await suggested({ RESERVED: `{ "name": "shm", "base": "bl31.next", "size": "|" }` });
    assert.deepEqual(labels(items).slice(0, 1), ["2M up to reservation optee"]);
  });

  it("says its few words beside every label where the client can", async () => {
    const able = { textDocument: { completion: { completionItem: { labelDetailsSupport: true } } } };
    const [item] = await suggested({ RESERVED: `{ "name": "shm", "base": "bl31.next", "size": "|" }` }, able);
    assert.deepEqual([item?.labelDetails, item?.detail], [{ description: "up to reservation optee" }, undefined]);
  });

  it("offers nothing where nothing is free", async () => {
    assert.deepEqual(await suggested({ RESERVED: `{ "name": "shm", "base": "0x8000_0000", "size": "|" }` }), []);
  });

  it("of a window counts from what the CPU sees", async () => {
    const items = await suggested({ WINDOWS: `{ "type": "mem32", "cpu": "0x7ff0_0000", "size": "|" }` });
    assert.deepEqual(labels(items).slice(0, 1), ["1M up to memory dram"]);
  });
});

describe("completion of a PCI address", () => {
  it("offers device numbers that are free on the bus, then further functions", async () => {
    const items = await suggested({ FUNCTIONS: `{ "at": "|" }` });
    assert.deepEqual(labels(items).slice(0, 3), ["00:00.0 free device number", "00:02.0 free device number", "00:03.0 free device number"]);
    assert.deepEqual(labels(items).at(-1), "00:01.1 next function of a device that is there");
  });

  it("knows that a link has one device", async () => {
    assert.deepEqual(labels(await suggested({ BEHIND: `{ "at": "|" }` })), ["01:00.1 next function of a device that is there"]);
  });

  it("offers the functions of a guest's host, with what can be said of assigning them", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "platmap-completion-"));
    writeFileSync(path.join(folder, "d05.platform.jsonc"), `{ "platform": "d05", "pci": [{ "name": "p", "devices": [{ "at": "00:00.0", "type": "root-port", "buses": "01-01", "devices": [{ "at": "01:00.0", "name": "nic", "type": "endpoint" }] }] }] }`);
    const { text, position } = withCursor(`{ "guest": "web", "hosts": ["d05.platform.jsonc"], "passthrough": [{ "host": "d05", "device": "|" }] }`);
    const client = await TestClient.start(BARE);
    const uri = pathToFileURL(path.join(folder, "web.guest.jsonc")).href;
    await client.open(uri, text);
    const items = await client.request<CompletionItem[]>("textDocument/completion", { textDocument: { uri }, position });
    assert.deepEqual(labels(items), ["0000:01:00.0 nic, endpoint", "0000:00:00.0 root-port"]);
    assert.match((items[0]?.documentation as MarkupContent).value, /impossible.*the machine has no IOMMU/);
    await client.stop();
    rmSync(folder, { recursive: true });
  });
});

describe("completion of an entry", () => {
  it("has the keys that it cannot do without as places to fill in", async () => {
    const [item] = await suggested({ RESERVED: `|` });
    assert.equal(item?.kind, CompletionItemKind.Snippet);
    assert.equal(item?.textEdit?.newText, `{ "name": "\${1:name}", "base": "$2", "size": "$3" }$0`);
    const [window] = await suggested({ WINDOWS: `|` });
    assert.equal(window?.textEdit?.newText, `{ "type": "\${1|io,mem32,mem32-prefetchable,mem64,mem64-prefetchable|}", "cpu": "$2", "size": "$3" }$0`);
  });

  it("is plain where the client has no snippets", async () => {
    const [item] = await suggested({ RESERVED: `|` }, BARE);
    assert.equal(item?.textEdit?.newText, `{ "name": "", "base": "", "size": "" }`);
  });
});

describe("completion of a guest's places", () => {
  const HOST_A = `{ "platform": "a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "inputBits": 39, "reserved": [{ "range": "0x8000_0000-0x8fff_ffff", "type": "reserved" }] }] }`;
  const HOST_B = `{ "platform": "b", "arch": "arm64", "pageSize": "64K", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc600_0000-0xc601_ffff", "type": "msi" }] }] }`;

  /** What is offered for a guest of both hosts, in the order in which an editor shows it. */
  const offered = async (rest: string): Promise<CompletionItem[]> => {
    const folder = mkdtempSync(path.join(tmpdir(), "platmap-completion-"));
    writeFileSync(path.join(folder, "a.platform.jsonc"), HOST_A);
    writeFileSync(path.join(folder, "b.platform.jsonc"), HOST_B);
    const { text, position } = withCursor(`{ "guest": "web", "physicalAddressBits": 40, "hosts": ["a.platform.jsonc", "b.platform.jsonc"],\n${rest} }`);
    const client = await TestClient.start(MODERN);
    const uri = pathToFileURL(path.join(folder, "web.guest.jsonc")).href;
    await client.open(uri, text);
    const items = await client.request<CompletionItem[]>("textDocument/completion", { textDocument: { uri }, position });
    await client.stop();
    rmSync(folder, { recursive: true });
    return [...items].sort((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1));
  };

  it("offers memory what is free on all hosts: where the plan would put it, then where it fits best", async () => {
    const items = await offered(`"memory": [{ "name": "ram", "size": "512M", "base": "|" }]`);
    assert.deepEqual(labels(items), [
      "0x4000_0000 the lowest that fits",
      "0x9000_0000 864 MiB free, after reserved of a",
      "0xa600_0000 864 MiB free, before msi of b",
      "0x0820_0000 about 1.8 GiB free, after msi of a and b",
      "0x6000_0000 about 1.8 GiB free, before reserved of a",
      "0xc620_0000 about 508.9 GiB free, after msi of b",
      "0x7f_e000_0000 about 508.9 GiB free, at its upper end",
    ]);
  });

  it("says on which hosts a place is free, and what ends it there", async () => {
    const [lowest, fitting] = await offered(`"memory": [{ "name": "ram", "size": "512M", "base": "|" }]`);
    assert.equal((lowest?.documentation as MarkupContent).value, "The lowest place for it in one piece, from where the plan would begin. Free on a and b.");
    assert.match((fitting?.documentation as MarkupContent).value.replaceAll("\\", ""), /^`0x9000_0000-0xc5ff_ffff` is free on a and b, above reserved region 0x8000_0000-0x8fff_ffff of a and below msi region .* of b\.\n\n512 MiB at its lower end would be `0x9000_0000-0xafff_ffff`\.$/);
  });

  it("begins memory where the plan would, since all that floats goes around it", async () => {
    const [first] = await offered(`"machine": "qemu-virt-10.1", "memory": [{ "name": "ram", "size": "1G", "base": "|" }]`);
    assert.equal(first?.label, "0x4000_0000");
  });

  it("offers a doorbell the places that strategies name, then what 32 bits reach", async () => {
    assert.deepEqual(labels(await offered(`"memory": [{ "name": "ram", "size": "1G" }], "doorbell": { "base": "|" }`)).slice(0, 3), ["0x0800_0000 the hosts' own MSI window", "0xfee0_0000 the usual place", "0xc610_0000 about 927.8 MiB free, after msi of b"]);
  });

  it("keeps windows and registers off what the plan places by itself", async () => {
    assert.deepEqual(labels(await offered(`"memory": [{ "name": "ram", "size": "1G" }], "windows": [{ "name": "high", "type": "mem64", "size": "64G", "base": "|" }]`)), ["0x10_0000_0000 about 508.9 GiB free, after msi of b", "0x70_0000_0000 about 508.9 GiB free, at its upper end"]);
    assert.ok(labels(await offered(`"memory": [{ "name": "ram", "size": "1G" }], "devices": [{ "name": "uart", "size": "4K", "base": "|" }]`)).includes("0x3fff_f000 895 MiB free, before ram"));
  });

  it("offers what fits at a base on all hosts, all of it first", async () => {
    assert.deepEqual(labels(await offered(`"memory": [{ "name": "ram", "base": "0x4000_0000", "size": "|" }]`)).slice(0, 2), ["1G up to reserved of a", "512M naturally aligned"]);
    assert.deepEqual(labels(await offered(`"memory": [{ "name": "ram", "base": "0x8000_0000", "size": "|" }]`)), []);
  });

  it("gives, once taken, a guest that nothing is found about", async () => {
    const surroundings = memoryFiles(new Map([["a.platform.jsonc", HOST_A], ["b.platform.jsonc", HOST_B]]));
    for (const rest of [`"memory": [{ "name": "ram", "size": "512M", "base": "|" }]`, `"memory": [{ "name": "ram", "size": "1G" }], "windows": [{ "name": "w", "type": "mem32", "size": "256M", "base": "|" }]`, `"memory": [{ "name": "ram", "base": "0x9000_0000", "size": "|" }]`]) {
      const items = await offered(rest);
      assert.ok(items.length > 3, rest);
      for (const { label } of items) {
        const { findings } = checkText("web.guest.jsonc", `{ "guest": "web", "physicalAddressBits": 40, "hosts": ["a.platform.jsonc", "b.platform.jsonc"],\n${rest.replace("|", label)} }`, { surroundings });
        assert.deepEqual(findings.filter(({ severity }) => severity === "error").map(({ message }) => message), [], `${rest} ${label}`);
      }
    }
  });
});
