// A history of changes to the maps of one repository, each reviewed by the command: what each review says, and what it does not.
import assert from "node:assert/strict";
import { platmap } from "./commandLine";
import { commit, repositoryWith } from "./gitRepository";
import type { Step } from "./reviewHistory";
import { start, steps } from "./reviewHistory";

interface Said {
  readonly says: readonly (string | RegExp)[];
  readonly not?: RegExp;
}

const FINDING = /New findings|No longer found|new finding|finding gone/;
const NOTHING: Said = { says: ["Nothing changed in the meaning of 3 files since `HEAD~1`: nothing is newly wrong."], not: /####|\|/ };

/** In the order of the steps. Each review has all of `says`, and nothing of `not`. */
const reviews: Readonly<Record<keyof typeof steps, Said>> = {
  add: { says: ["1 file of 3 changed since `HEAD~1`: nothing is newly wrong.", "#### board.platform.jsonc: 1 added", /\| added \| \[device wdt\]\(board\.platform\.jsonc#L11\) \|  \| `0x0902_0000-0x0902_0fff \(4 KiB\)` \|/, /^\+0x0902_0000.* wdt .*4 KiB/m, "- guest [web.guest.jsonc](web.guest.jsonc#L1): as before"], not: FINDING },
  move: { says: ["#### board.platform.jsonc: 1 moved\n", "| `0x0902_0000-0x0902_0fff (4 KiB)` | `0x0903_0000-0x0903_0fff (4 KiB)` |", /^-0x0902_0000[^]*^\+0x0903_0000/m], not: FINDING },
  resize: { says: ["#### board.platform.jsonc: 1 resized\n", "| `0x0903_0000-0x0903_0fff (4 KiB)` | `0x0903_0000-0x0903_1fff (8 KiB)` |"], not: FINDING },
  rename: { says: ["#### board.platform.jsonc: 1 renamed\n", "| name `wdt` | name `watchdog` |"], not: FINDING },
  retype: { says: ["#### board.platform.jsonc: 1 re-typed\n", "| type `firmware` | type `secure` |", "1 new finding.", /\*\*New findings\*\*\n\n- \*\*error\*\* \[board\.platform\.jsonc:14\]\(board\.platform\.jsonc#L14\) `mapped-secure-memory`: reservation bl31/] },
  place: { says: ["[reservation cma](board.platform.jsonc#L15) | `no place`<br>align `4M` | `0x9000_0000-0x93ff_ffff (64 MiB)`<br>align absent |"], not: /New findings|size/ },
  overlap: { says: ["1 new finding.", "#### board.platform.jsonc: 1 resized; 1 new overlap", "`overlapping-regions`: device uart1 overlaps device uart0", "**Now overlapping**\n\n- device uart1 and device uart0 in 0x0901_0000-0x0901_0fff (4 KiB) of the physical map"] },
  apart: { says: ["nothing is newly wrong, 1 finding gone.", "#### board.platform.jsonc: 1 resized; 1 overlap gone", "**No longer overlapping**\n\n- device uart1 and device uart0", /\*\*No longer found\*\*\n\n- \*\*error\*\* board\.platform\.jsonc:10 `overlapping-regions`/], not: /New findings/ },
  remove: { says: ["#### board.platform.jsonc: 1 removed\n", "| removed | device uart1 | `0x0901_0000-0x0901_0fff (4 KiB)` |  |"], not: FINDING },
  merge: { says: ["1 changed; 1 IOMMU group change (merged)", "| acs.enabled `SV RR CR UF` | acs.enabled `none` |", "**IOMMU groups**\n\n- {rp0 (0000:00:01.0)} and {nic0 (0000:01:00.0)} merged into {rp0 (0000:00:01.0), nic0 (0000:01:00.0)}"] },
  split: { says: ["1 changed; 1 IOMMU group change (split)", "{rp0 (0000:00:01.0), nic0 (0000:01:00.0)} split into {rp0 (0000:00:01.0)} and {nic0 (0000:01:00.0)}"] },
  unfit: { says: ["1 new finding.", "**Guests on their hosts**\n\n- Guest web no longer fits on board: 0x7000_0000-0x7fff_ffff (reserved) lies in ram.", "`host-region-in-guest-memory`: memory ram", "| added | [IOMMU reserved region hole](board.platform.jsonc#L18) |", "- guest [web.guest.jsonc](web.guest.jsonc#L1): 1 new finding"], not: /#### web/ },
  fit: { says: ["1 finding gone.", "- Guest web fits on board now; before: 0x7000_0000-0x7fff_ffff (reserved) lies in ram.", "#### web.guest.jsonc: 1 moved", /^-web: 2 GiB of memory · 1 host · does not fit all of them\n\+web: 2 GiB of memory · 1 host · fits all of them$/m], not: /New findings|#### board/ },
  grow: { says: ["#### web.guest.jsonc: 1 resized", "`0x1_0000_0000-0x1_7fff_ffff (2 GiB)` | `0x1_0000_0000-0x1_ffff_ffff (4 GiB)`"], not: /New findings|Guests on/ },
  reformat: NOTHING,
  comment: NOTHING,
  order: NOTHING,
  cite: { says: ["#### board.platform.jsonc: 1 changed", "| source absent | source `TRM, page 12` |"], not: FINDING },
  severity: { says: ["Nothing changed in the meaning of 3 files since `HEAD~1`: 8 new findings.", "`platmap.config.jsonc` changed, which sets how serious rules are and which files are left out: findings may have come or gone with it.", "`entry-without-source`: memory dram0"], not: /bl31/ },
  lenient: { says: ["nothing is newly wrong, 8 findings gone.", "`platmap.config.jsonc` changed"], not: /New findings/ },
  group: { says: ["#### rack.fleet.jsonc: 1 added", "| added | [migration group all](rack.fleet.jsonc#L1) |  | platforms `board`<br>guests `web.guest.jsonc` |"], not: FINDING },
  moveFile: { says: ["3 files of 3 changed", "#### board.platform.jsonc → machines/board.platform.jsonc: another name for the same", "| hosts `board.platform.jsonc` | hosts `machines/board.platform.jsonc` |", "| platforms `*.platform.jsonc` | platforms `machines/*.platform.jsonc` |"], not: FINDING },
  extend: { says: ["#### machines/board.platform.jsonc: 1 changed", "| extends absent | extends `../soc.platform.jsonc` |", "#### soc.platform.jsonc: new"], not: /New findings|No longer found|The map/ },
  base: { says: ["#### machines/board.platform.jsonc: 1 resized", "#### soc.platform.jsonc: 1 resized", /\[device uart0\]\(soc\.platform\.jsonc#L\d+\)[^]*\[device uart0\]\(soc\.platform\.jsonc#L\d+\)/, "- guest [web.guest.jsonc](web.guest.jsonc#L1): as before"], not: FINDING },
  breakIt: { says: ["#### machines/board.platform.jsonc: cannot be read, so it is not compared and nothing but that is found in it", "`syntax-error`", "machines/board.platform.jsonc has syntax errors, so it is left out"], not: /No longer found/ },
  mend: { says: ["#### machines/board.platform.jsonc: could not be read before, so it is not compared and all that is found in it counts as new", /\*\*No longer found\*\*[^]*`syntax-error`/] },
  deleteGuest: { says: ["2 files of 4 changed", "#### web.guest.jsonc: deleted", "| guests `web.guest.jsonc` | guests absent |"], not: FINDING },
};

describe("the reviews of a history", () => {
  let folder = "";
  const files = new Map(Object.entries(start));

  before(() => {
    folder = repositoryWith(start);
  });

  for (const [name, step] of Object.entries(steps) as [keyof typeof steps, Step][]) {
    it(`${name}: ${step.subject}`, async () => {
      const change = step.change(files);
      for (const [file, text] of Object.entries(change)) {
        if (text === undefined) files.delete(file);
        else files.set(file, text);
      }
      commit(folder, change, step.subject);
      const { code, out, err } = await platmap(folder, ["review", "--base", "HEAD~1"]);
      assert.equal(err, "");
      const { says, not } = reviews[name];
      assert.equal(code, reviews[name] === NOTHING ? 0 : 1);
      for (const one of says) assert.ok(typeof one === "string" ? out.includes(one) : one.test(out), `${String(one)} is not said in\n${out}`);
      if (not) assert.doesNotMatch(out, not);
    });
  }

  it("say of the whole history what is left of it", async () => {
    const { out } = await platmap(folder, ["review", "--base", `HEAD~${Object.keys(steps).length}`]);
    assert.match(out, /^4 files of 4 changed since `HEAD~27`: 1 new finding\.$/m);
    assert.match(out, /#### board\.platform\.jsonc → machines\/board\.platform\.jsonc: 2 added, 1 removed, 1 moved, 1 resized, 1 re-typed/);
    assert.match(out, /\| removed \| device uart1 \|/);
    assert.match(out, /#### web\.guest\.jsonc: deleted/);
    assert.doesNotMatch(out, /overlapping|IOMMU groups/);
  });
});
