// What a guest leaves out for its hosts, as bands from the boxes of the hosts: of the example of three hosts. Knows nothing of how bands look.
import assert from "node:assert/strict";
import path from "node:path";
import { layoutMap, printPicture } from "../../core/src/index";
import { repositoryRoot } from "../repositoryRoot";
import { mapOfGuest } from "./descriptions";

const map = mapOfGuest(path.join(repositoryRoot, "examples"), "union-of-three.guest.jsonc");

describe("the bands of what a guest leaves out", () => {
  const { lanes, shadows } = layoutMap(map);
  const [guest, ...hosts] = lanes;

  it("show all three hosts, in a picture that a review holds", () => {
    assert.deepEqual(hosts.map(({ lane }) => lane.title), ["hisilicon-d05-assign", "nxp-lx2160a", "amd-epyc"]);
    assert.ok(Number(/width="(\d+)"/.exec(printPicture(map))?.[1]) <= 900);
  });

  it("go from the guest's lane to the box of the host, at its height", () => {
    assert.ok(guest && shadows.length > 0);
    const boxes = hosts.flatMap(({ rows }) => rows);
    for (const { x, y, width, height } of shadows) {
      assert.equal(x, guest.x + guest.width);
      assert.ok(boxes.some((box) => box.x === x + width && box.y === y && box.height === height));
    }
  });

  it("are there for a page of a doorbell that costs a whole step of the memory's, and for no window that software places", () => {
    assert.deepEqual(guest?.gaps.filter(({ isLeftOut }) => isLeftOut).map(({ range }) => range.base.toString(16)), ["0", "a8000000", "c6000000", "f0000000", "fee00000"]);
    const movable = hosts.flatMap(({ rows }) => rows.filter(({ row }) => row.kind === "region" && row.region.shape === "msi-window"));
    assert.ok(movable.length > 0 && movable.every((box) => !shadows.some(({ y, x, width }) => y === box.y && x + width === box.x)));
  });
});

describe("the lanes of hosts, where a panel has little room", () => {
  const { lanes } = layoutMap(map, { width: 570, lanes: map.lanes.slice(0, 3).map(({ id }) => id) });

  it("stand in sight", () => {
    assert.ok(lanes.every(({ x, width }) => x + width < 570));
  });

  it("say every address whole, and rather that than a size", () => {
    for (const { labels } of lanes.slice(1).flatMap(({ rows }) => rows)) {
      assert.match(labels.find(({ role }) => role === "note")?.text ?? "", /^0x[0-9a-f_]+$/);
    }
  });
});
