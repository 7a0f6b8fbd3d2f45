// Listings of IOMMU groups as people make and post them; with lspci they are the kernel's answer to compare with.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { readGroupListing } from "../../core/src/capture/groupListing";
import { temporaryFolder } from "../temporaryFolder";
import { captureDocument, capturedFolder, importPaths } from "./captures";

const NAME = "x86-10-pxb";

/** What a command prints in the capture's top folder, with the paths as on the machine. */
function printed(command: string): string {
  const output = execFileSync("sh", ["-c", command], { cwd: capturedFolder(NAME), encoding: "utf8" });
  return output.replaceAll(/^sys\//gm, "/sys/");
}

function groupsBesideLspci(listing: string): unknown {
  const file = path.join(temporaryFolder(), "groups");
  fs.writeFileSync(file, listing);
  return importPaths(file, path.join(capturedFolder(NAME), "lspci.txt")).document.captured.groups;
}

describe("a listing of IOMMU groups", () => {
  const whole = captureDocument(NAME).captured.groups ?? [];

  it("made by find gives the members", () => {
    assert.deepEqual(
      groupsBesideLspci(printed("find sys/kernel/iommu_groups -type l")),
      whole.map(({ id, devices }) => ({ id, devices })),
    );
  });

  it("made by grep gives the types and the reserved regions, beside one of find", () => {
    const listing = printed("find sys/kernel/iommu_groups -type l; grep -H . sys/kernel/iommu_groups/*/type sys/kernel/iommu_groups/*/reserved_regions");
    assert.deepEqual(groupsBesideLspci(listing), whole);
  });

  for (const [form, lines] of [
    ["a line a device", ["IOMMU Group 0 00:00.0 Host bridge [0600]: Intel [8086:29c0]", "IOMMU Group 13 00:1f.0 ISA bridge [0601]: Intel [8086:2918]", "IOMMU Group 13 00:1f.3 SMBus [0c05]: Intel [8086:2930]"]],
    ["a line a group", ["IOMMU Group 0:", "\t00:00.0 Host bridge [0600]: Intel [8086:29c0]", "IOMMU Group 13:", "\t00:1f.0 ISA bridge [0601]: Intel [8086:2918]", "\t0000:00:1f.3 SMBus [0c05]: Intel [8086:2930]"]],
  ] as const) {
    it(`made by the well-known loop, ${form}, gives the members`, () => {
      assert.deepEqual(
        readGroupListing(lines.join("\n"), "listing").facts.map(({ id, devices }) => [id, devices]),
        [
          [0, ["0000:00:00.0"]],
          [13, ["0000:00:1f.0", "0000:00:1f.3"]],
        ],
      );
    });
  }

  it("says which line it cannot read", () => {
    const { facts, unread } = readGroupListing("/sys/kernel/iommu_groups/4/reserved_regions:0x0 0xff surprise\n", "listing");
    assert.deepEqual([facts[0]?.id, facts[0]?.reserved], [4, []]);
    assert.match(unread[0]?.because ?? "", /the type is one of/);
    assert.equal(unread[0]?.where, "listing:1");
  });
});
