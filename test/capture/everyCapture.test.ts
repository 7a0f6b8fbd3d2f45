// Every capture becomes a document that a person would be glad to keep.
import assert from "node:assert/strict";
import { importPlatform } from "../../server/src/import/importPlatform";
import { checkText } from "../../server/src/workspace/check";
import { nodeHost } from "../../server/src/nodeHost";
import {
  captureDocument,
  capturedFolder,
  captureNames,
  functionsOf,
  importCapture,
  importPaths,
  archiveOf,
} from "./captures";

describe("importing a capture", () => {
  it("has 33 machines to try", () => assert.equal(captureNames.length, 33));

  for (const name of captureNames) {
    describe(name, () => {
      it("gives a document of that name, with nothing to complain of", () => {
        const { platformName, notes } = importCapture(name);
        assert.equal(platformName, name);
        assert.equal(captureDocument(name).platform, name);
        assert.deepEqual(notes, []);
      });

      it("is read without a problem, and nothing in it overlaps", () => {
        const { plan } = checkText(`${name}.platform.jsonc`, importCapture(name).text);
        assert.ok(plan);
        assert.deepEqual(plan.problems, []);
        assert.deepEqual(
          plan.overlaps.overlaps.map(({ earlier, later }) => `${earlier.name} and ${later.name}`),
          [],
        );
      });

      it("has lines that fit a screen", () => {
        assert.deepEqual(
          importCapture(name)
            .text.split("\n")
            .filter((line) => line.length > 120 || /[\t\r]| $/.test(line)),
          [],
        );
      });

      it("gives the same bytes twice, and the same facts from the unpacked folder", () => {
        const again = importPlatform([archiveOf(name)], nodeHost).text;
        assert.equal(again, importCapture(name).text);
        const { captured: theirs, ...unpacked } = importPaths(capturedFolder(name)).document;
        const { captured: ours, ...packed } = captureDocument(name);
        assert.deepEqual(unpacked, packed);
        assert.deepEqual({ ...theirs, source: "" }, { ...ours, source: "" });
      });

      it("knows which IOMMU and which doorbell serve each host bridge: the firmware's tables tell", () => {
        const document = captureDocument(name);
        for (const bridge of document.pci ?? []) {
          assert.notEqual(bridge.iommu ?? "unknown", "unknown");
          if (document.arch === "x86_64") assert.equal(bridge.msi, "local-apic");
          else assert.notEqual(bridge.msi ?? "unknown", "unknown");
        }
      });

      it("nests functions below the bridges whose buses hold them", () => {
        for (const { entry, above, bridge } of functionsOf(captureDocument(name))) {
          const bus = parseInt(entry.at.slice(0, 2), 16);
          const [first = 0, last = 0] = (above.at(-1)?.buses ?? bridge.buses)
            .split("-")
            .map((text) => parseInt(text, 16));
          assert.ok(first <= bus && bus <= last, `${entry.at} is on a bus of ${above.at(-1)?.at ?? bridge.name}`);
        }
      });
    });
  }
});
