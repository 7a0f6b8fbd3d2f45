// What has changed between two guests, and between two fleets: pairs of texts, and what is said of them. Knows nothing of how it is printed.
import assert from "node:assert/strict";
import { difference, linesOf } from "./texts";

const guest = (parts: string): string => `{ "guest": "web", ${parts} }`;
const fleet = (parts: string): string => `{ "fleet": "rack", ${parts} }`;

const cases: readonly (readonly [what: string, before: string, after: string, lines: readonly string[]])[] = [
  ["the devices that a guest gets, known by host and function", guest(`"passthrough": [{ "host": "h1", "device": "00:01.0" }, { "host": "h1", "device": "0000:00:02.0", "when": "hotplug" }]`),
    guest(`"passthrough": [{ "host": "h1", "device": "00:02.0" }, { "host": "h2", "device": "00:01.0" }]`),
    ["removed passed-through device 0000:00:01.0 of h1", "changed passed-through device 0000:00:02.0 of h1; when hotplug -> -", "added passed-through device 0000:00:01.0 of h2"]],
  ["memory that floats, under another name", guest(`"memory": [{ "name": "ram", "size": "2G" }]`), guest(`"memory": [{ "name": "dram", "size": "2G" }]`), ["renamed guest memory dram; name ram -> dram"]],
  ["memory that floats, under another name and in another size, as another", guest(`"memory": [{ "name": "ram", "size": "2G" }]`), guest(`"memory": [{ "name": "dram", "size": "4G" }]`), ["removed guest memory ram", "added guest memory dram"]],
  ["windows and devices of a guest", guest(`"windows": [{ "name": "w", "type": "mem64", "size": "1G" }], "devices": [{ "name": "rtc", "base": "0x901_0000", "size": "4K" }]`),
    guest(`"windows": [{ "name": "w", "type": "mem64", "size": "2G" }], "devices": [{ "name": "rtc", "base": "0x902_0000", "size": "4K" }]`),
    ["changed guest window w; size 1G -> 2G", "moved guest device rtc; 0x0901_0000-0x0901_0fff (4 KiB) -> 0x0902_0000-0x0902_0fff (4 KiB)"]],
  ["the hosts of a guest, in whatever order", guest(`"hosts": ["a.platform.jsonc", "b.platform.jsonc"]`), guest(`"hosts": ["c.platform.jsonc", "b.platform.jsonc", "a.platform.jsonc"]`),
    ["changed the guest; hosts a.platform.jsonc, b.platform.jsonc -> a.platform.jsonc, b.platform.jsonc, c.platform.jsonc"]],
  ["a migration group under another name", fleet(`"migrationGroups": [{ "name": "all", "platforms": ["h1", "h2"] }]`), fleet(`"migrationGroups": [{ "name": "row", "platforms": ["h2", "h1"] }]`),
    ["renamed migration group row; name all -> row"]],
  ["who left a migration group", fleet(`"migrationGroups": [{ "name": "all", "platforms": ["h1", "h2"], "guests": ["*.guest.jsonc"] }]`), fleet(`"migrationGroups": [{ "name": "all", "platforms": ["h2"], "guests": ["*.guest.jsonc"] }]`),
    ["changed migration group all; platforms h1, h2 -> h2"]],
  ["nothing where paths only say \"from here\" as well", guest(`"fleet": "./f.fleet.jsonc", "hosts": ["./b.platform.jsonc", "a.platform.jsonc"]`), guest(`"hosts": ["././a.platform.jsonc", "b.platform.jsonc"], "fleet": "f.fleet.jsonc"`), []],
  ["nothing where paths only say so in what is extended", `{ "platform": "board", "extends": ["./a.platform.jsonc", "../b.platform.jsonc"] }`, `{ "platform": "board", "extends": ["a.platform.jsonc", ".//../b.platform.jsonc"] }`, []],
  ["nothing where only the order of sets is new", fleet(`"platforms": ["a.platform.jsonc", "b.platform.jsonc"], "migrationGroups": [{ "name": "all", "platforms": ["h1", "h2"] }]`),
    fleet(`"migrationGroups": [{ "platforms": ["h2", "h1"], "name": "all" }], "platforms": ["b.platform.jsonc", "a.platform.jsonc"]`), []],
];

describe("the difference of two guests, and of two fleets", () => {
  for (const [what, before, after, lines] of cases) {
    it(`tells ${what}`, () => {
      // Of what comes or goes as a whole only the line's beginning counts here.
      const found = linesOf(difference(before, after)).map((line) => (/^(added|removed)/.test(line) ? line.replace(/;.*/, "") : line));
      assert.deepEqual(found.sort(), [...lines].sort());
    });
  }

  it("keeps the order of what is laid over what: there it counts", () => {
    const board = (order: string): string => `{ "platform": "board", "extends": [${order}] }`;
    const found = linesOf(difference(board(`"a.platform.jsonc", "b.platform.jsonc"`), board(`"b.platform.jsonc", "a.platform.jsonc"`)));
    assert.deepEqual(found, ["changed the platform; extends a.platform.jsonc, b.platform.jsonc -> b.platform.jsonc, a.platform.jsonc"]);
  });
});
