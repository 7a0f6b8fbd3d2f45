// `platmap plan`: the table, the JSON that other programs read, banks written into the file, and what cannot be planned.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { HOSTS, smmuHost } from "../guest/guests";
import { folderWith, platmap } from "./commandLine";

const web = `// A web server.
{
  "guest": "web",
  "physicalAddressBits": 40, "pageSize": "64K",
  "hosts": ["hosts/d05.platform.jsonc", "hosts/epyc.platform.jsonc"],
  "memory": [
    { "name": "ram", "size": "4G" }, // as ordered
  ],
  "doorbell": { "strategy": "fixed" },
}
`;
const files = {
  "web.guest.jsonc": web,
  "hosts/d05.platform.jsonc": HOSTS["d05"] ?? "",
  "hosts/epyc.platform.jsonc": HOSTS["epyc"] ?? "",
  "hosts/narrow.platform.jsonc": smmuHost("narrow", [], { inputBits: 32 }),
};

describe("platmap plan", () => {
  it("prints the guest's addresses as one table", async () => {
    const { code, out, err } = await platmap(folderWith(files), ["plan", "web.guest.jsonc"]);
    assert.deepEqual([code, err], [0, ""]);
    assert.equal(
      out,
      `web on d05 and epyc: everything has its place
  addresses end at 0xff_ffff_ffff: the guest has 40 bits of address
  what is closed is rounded to pages of 64 KiB; policy strict

  0x0800_0000-0x080f_ffff           1 MiB  closed    msi on d05: the kernel maps doorbells of devices behind smmu here
  0x4000_0000-0xc5ff_ffff        2144 MiB  memory    ram, bank 1 of 3
  0xc601_0000-0xc601_ffff          64 KiB  closed    msi on d05: described for smmu (0xc601_0000-0xc601_ffff)
  0xc620_0000-0xfedf_ffff         908 MiB  memory    ram, bank 2 of 3
  0xfee0_0000-0xfeef_ffff           1 MiB  closed    msi on epyc: writes there are interrupts on x86, before any translation
  0xfef0_0000-0xfeff_ffff           1 MiB  doorbell  fixed: the highest free place
  0xff00_0000-0x1_403f_ffff      1044 MiB  memory    ram, bank 3 of 3
  0xfd_0000_0000-0xff_ffff_ffff    12 GiB  closed    reserved on epyc: HyperTransport addresses, which AMD's IOMMU does not translate

to know
  the doorbell is not elsewhere because the usual place (0xfee0_0000-0xfeef_ffff) meets msi region 0xfee0_0000-0xfeef_ffff of epyc
  the doorbell is not elsewhere because there is no MSI window that all hosts agree on
  the doorbell is not elsewhere because the top (0xff_ffe0_0000-0xff_ffff_ffff) meets reserved region 0xfd_0000_0000-0xff_ffff_ffff of epyc
  the doorbell is not elsewhere because 0xfee0_0000 sign-extended (0xff_fee0_0000-0xff_feef_ffff) meets reserved region 0xfd_0000_0000-0xff_ffff_ffff of epyc
`,
    );
  });

  it("prints JSON with one row a bank", async () => {
    const { code, out } = await platmap(folderWith(files), ["plan", "web.guest.jsonc", "--format", "json"]);
    const report = JSON.parse(out) as Record<string, unknown> & { memory: object[]; blocked: object[]; doorbell: Record<string, unknown> };
    assert.equal(code, 0);
    assert.deepEqual([report["guest"], report["feasible"], report["conflicts"]], ["web", true, []]);
    assert.deepEqual(report.memory[0], { name: "ram", base: "0x40000000", last: "0xc5ffffff", origin: "placed" });
    assert.deepEqual(report.blocked[1], { base: "0xc6010000", last: "0xc601ffff", type: "msi", hosts: ["d05"], because: "described for smmu (0xc601_0000-0xc601_ffff)" });
    assert.deepEqual([report.doorbell["strategy"], report.doorbell["base"], report.doorbell["size"]], ["fixed", "0xfef00000", "0x100000"]);
    assert.match(String(report.doorbell["fallback"]), /epyc/);
  });

  it("writes the banks into the file, keeps its comments, and then keeps the banks", async () => {
    const folder = folderWith(files);
    const { code, err } = await platmap(folder, ["plan", "web.guest.jsonc", "--write"]);
    assert.deepEqual([code, err], [0, "web.guest.jsonc: banks written\n"]);
    const written = fs.readFileSync(path.join(folder, "web.guest.jsonc"), "utf8");
    assert.equal(
      written,
      web.replace(`"size": "4G" }`, `"size": "4G", "banks": ["0x4000_0000-0xc5ff_ffff", "0xc620_0000-0xfedf_ffff", "0xff00_0000-0x1_403f_ffff"] }`),
    );
    assert.equal((await platmap(folder, ["plan", "web.guest.jsonc", "--write"])).err, "web.guest.jsonc: nothing to write\n");
    fs.writeFileSync(path.join(folder, "web.guest.jsonc"), written.replace(`, "hosts/epyc.platform.jsonc"`, ""));
    const again = await platmap(folder, ["plan", "web.guest.jsonc"]);
    assert.match(again.out, /0xff00_0000-0x1_403f_ffff {2}1044 MiB {2}memory {4}ram, bank 3 of 3, as written/);
  });

  it("checks written banks against hosts that came later, and places them anew when told to", async () => {
    const stale = web.replace(`"size": "4G" }`, `"size": "4G", "banks": ["0x4000_0000-0x1_3fff_ffff"] }`);
    const folder = folderWith({ ...files, "web.guest.jsonc": stale });
    const { code, out } = await platmap(folder, ["plan", "web.guest.jsonc"]);
    assert.equal(code, 1);
    assert.match(out, /^web on d05 and epyc: does not fit$/m);
    assert.match(out, /memory ram meets msi region 0xc601_0000-0xc601_ffff of d05 at 0xc601_0000-0xc601_ffff\n/);
    assert.match(out, /\n {2}leave out d05 and epyc\n/);
    assert.equal((await platmap(folder, ["plan", "web.guest.jsonc", "--write"])).code, 0);
    assert.match(fs.readFileSync(path.join(folder, "web.guest.jsonc"), "utf8"), /"banks": \["0x4000_0000-0xc5ff_ffff", /);
  });

  it("says who is to blame when nothing fits, and writes nothing", async () => {
    const guest = `{ "guest": "big", "physicalAddressBits": 40, "hosts": ["hosts/*"], "memory": [{ "name": "ram", "size": "8G" }] }`.replace(`"hosts/*"`, `"hosts/d05.platform.jsonc", "hosts/narrow.platform.jsonc"`);
    const folder = folderWith({ ...files, "big.guest.jsonc": guest });
    const { code, out } = await platmap(folder, ["plan", "big.guest.jsonc", "--write", "--format", "json"]);
    const report = JSON.parse(out) as { feasible: boolean; conflicts: object[]; remedies: { kind: string; because: string }[] };
    assert.deepEqual([code, report.feasible], [1, false]);
    assert.deepEqual(report.conflicts, [{ kind: "no-room", request: "ram", hosts: ["narrow"], because: "memory ram: no place for about 5 GiB of its 8 GiB" }]);
    assert.deepEqual(report.remedies.map((one) => one.because), ["leave out narrow", "drop memory ram", "ask for about 2.9 GiB of memory ram"]);
    assert.equal(fs.readFileSync(path.join(folder, "big.guest.jsonc"), "utf8"), guest);
  });

  it("does not plan without a host that cannot be read, nor anything but a guest", async () => {
    const folder = folderWith({ ...files, "lost.guest.jsonc": `{\n  "guest": "lost", "hosts": ["hosts/d06.platform.jsonc"] }` });
    assert.deepEqual(await platmap(folder, ["plan", "lost.guest.jsonc"]), { code: 2, out: "", err: "platmap: lost.guest.jsonc:2:30: hosts/d06.platform.jsonc is not there\n" });
    assert.deepEqual(await platmap(folder, ["plan", "hosts/d05.platform.jsonc"]), { code: 2, out: "", err: "platmap: hosts/d05.platform.jsonc: a guest file is needed, and this is a platform file\n" });
    assert.equal((await platmap(folder, ["plan", "none.guest.jsonc"])).code, 2);
  });

  it("gives the same bytes for the same input", async () => {
    const folder = folderWith(files);
    const once = await platmap(folder, ["plan", "web.guest.jsonc", "--format", "json"]);
    assert.deepEqual(await platmap(folder, ["plan", "web.guest.jsonc", "--format", "json"]), once);
  });
});
