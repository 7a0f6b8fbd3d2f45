// Guests and hosts in a few words, as text that goes the whole way. Knows nothing of what is expected of them.
import assert from "node:assert/strict";
import type { AddressRange, GuestPlan } from "../../core/src/index";
import { printRange } from "../../core/src/index";
import { checkText } from "../../server/src/workspace/check";
import { memoryFiles } from "../workspace/memoryFiles";

/** The hosts of domain.md 5.6: reserved regions only, no bridge windows. */
export const HOSTS: Readonly<Record<string, string>> = {
  d05: smmuHost("d05", [{ range: "0xc601_0000-0xc601_ffff", type: "msi" }]),
  lx2160a: smmuHost("lx2160a", [
    { range: "0x0100_0000-0x10ff_ffff", type: "direct-relaxable" },
    { range: "0x8_0c00_0000-0x8_1bff_ffff", type: "direct-relaxable" },
    { range: "0x1c_0000_0000-0x1c_001f_ffff", type: "direct-relaxable" },
    { range: "0x20_8000_0000-0x20_9fff_ffff", type: "direct-relaxable" },
  ]),
  epyc: `{ "platform": "epyc", "arch": "x86_64", "iommus": [{ "name": "iommu0", "type": "amd-vi" }] }`,
  kunpeng: smmuHost("kunpeng", [
    { range: "0xe000_0000-0xf7fe_ffff", type: "reserved" },
    { range: "0x800_0000_0000-0x82f_ffff_ffff", type: "reserved" },
  ]),
};

/** A host with one SMMU that has these reserved regions. */
export function smmuHost(name: string, reserved: readonly object[], more: object = {}): string {
  const iommu = { name: "smmu", type: "smmuv3", base: "0x4000_0000", size: "128K", msiWindow: { base: "0x0800_0000", size: "1M", programmable: true }, reserved };
  return JSON.stringify({ platform: name, arch: "arm64", iommus: [{ ...iommu, ...more }] });
}

/** Names of `HOSTS`, or texts by name. */
export type Hosts = readonly string[] | Readonly<Record<string, string>>;

/** The plan of a guest that must run on these hosts. Its file must have been read without a problem. */
export function planOf(guest: object, hosts: Hosts): GuestPlan {
  const named = Array.isArray(hosts) ? hosts.map((name: string) => [name, HOSTS[name] ?? ""] as const) : Object.entries(hosts as Record<string, string>);
  const texts = new Map(named.map(([name, text]) => [`${name}.platform.jsonc`, text]));
  const text = JSON.stringify({ guest: "g", hosts: [...texts.keys()], ...guest });
  const { filePlan } = checkText("g.guest.jsonc", text, { rules: [], surroundings: memoryFiles(new Map([["g.guest.jsonc", text], ...texts])) });
  assert.ok(filePlan?.kind === "guest");
  assert.deepEqual(filePlan.problems, []);
  return filePlan as GuestPlan;
}

/** As people read them. */
export function printed(ranges: readonly AddressRange<"ipa">[] | undefined): string[] {
  return (ranges ?? []).map(printRange);
}
