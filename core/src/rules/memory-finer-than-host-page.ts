// Memory of the guest is not made of whole pages of a host.
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import { alignUp, address } from "../address";
import { pageOf } from "../guest/contributions";
import type { GuestHost, GuestPlan } from "../guest/guestPlan";
import type { GuestMemory } from "../guest";
import { listedLabels } from "../describe/assignability";
import type { Fix, Severity } from "../finding";
import { printAddress, printSize, printSizeLiteral } from "../print";
import { defineGuestRule } from "../rule";

interface Odd {
  readonly entry: GuestMemory;
  readonly key: "base" | "size" | "align" | "banks";
  readonly value: bigint;
  /** The coarsest page of the hosts that are concerned, in bytes. */
  readonly page: bigint;
  readonly hosts: readonly GuestHost[];
}

export const memoryFinerThanHostPage = defineGuestRule<Odd>({
  id: "memory-finer-than-host-page",
  catalogue: "MIG004",
  severity: "error",
  since: "0.1.0",
  summary: "Memory of the guest is not made of whole pages of a host.",
  why: `A host maps guest memory for a device in whole pages of its kernel and of its IOMMU. Between hosts that page differs: 4 KiB here, 64 KiB there. Memory that
begins or ends in the middle of a page cannot be mapped after the migration: VFIO refuses, or the monitor leaves the odd part out and DMA to it fails.

An \`align\` that is too fine is only a warning: Platmap places memory in whole pages whatever it says.`,
  sources: ["domain.md 4.2 and section 6"],
  bad: [
    {
      text: `{
  "guest": "web",
  "hosts": ["small-pages.platform.jsonc", "large-pages.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G", "base": "0x4000_1000" }],
  //                                                ^^^^^^^^^^^^^ error: base of memory ram is 0x4000_1000, which is no multiple of the 64 KiB pages with which large-pages maps it
}
// --- small-pages.platform.jsonc ---
{ "platform": "small-pages", "arch": "arm64", "pageSize": "4K" }
// --- large-pages.platform.jsonc ---
{ "platform": "large-pages", "arch": "arm64", "pageSize": "64K" }`,
      fixed: `{
  "guest": "web",
  "hosts": ["small-pages.platform.jsonc", "large-pages.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G", "base": "0x4001_0000" }],
}`,
    },
    {
      text: `{
  "guest": "web",
  "hosts": ["large-pages.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G", "align": "4K" }],
  //                                                 ^^^^ warning: align of memory ram is 4 KiB, which is no multiple of the 64 KiB pages with which large-pages maps it
}
// --- large-pages.platform.jsonc ---
{ "platform": "large-pages", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "pageSizes": ["64K"] }] }`,
      fixed: `{
  "guest": "web",
  "hosts": ["large-pages.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G", "align": "64K" }],
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "hosts": ["large-pages.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G", "base": "0x4000_0000" }],
}
// --- large-pages.platform.jsonc ---
{ "platform": "large-pages", "arch": "arm64", "pageSize": "64K" }`,
  ],
  *check(plan) {
    for (const entry of plan.guest.memory ?? []) {
      for (const { key, value, at } of valuesOf(entry)) {
        const hosts = plan.hosts.filter((host) => value % pageOf(host.plan) !== 0n);
        if (hosts.length === 0) continue;
        const page = hosts.reduce((most, host) => (pageOf(host.plan) > most ? pageOf(host.plan) : most), 0n);
        const severity: Severity = key === "align" ? "warning" : "error";
        yield { at, severity, data: { entry, key, value, page, hosts } };
      }
    }
  },
  message: ({ entry, key, value, page, hosts }) =>
    `${key === "banks" ? "a bank" : key} of memory ${entry.name} ${key === "banks" ? "begins or ends at" : "is"} ${key === "base" || key === "banks" ? printAddress(value) : printSize(value)}, which is no multiple of the ${printSize(page)} pages with which ${listedLabels(hosts.map((host) => host.name))} ${hosts.length === 1 ? "maps" : "map"} it`,
  fix({ data: { entry, key, value, page } }, _plan: GuestPlan): Fix[] {
    if (key === "banks") return [{ title: `Place ${entry.name} anew`, edits: [{ op: "remove", at: under(entry.anchor, "banks") }] }];
    const whole = alignUp(address<"ipa">(value), page);
    const title = key === "base" ? `Move ${entry.name} to ${printAddress(whole)}` : key === "size" ? `Give ${entry.name} ${printSizeLiteral(whole)}` : `Align ${entry.name} to ${printSizeLiteral(whole)}`;
    return [{ title, edits: [{ op: "replace", at: under(entry.anchor, key), value: key === "base" ? { address: whole } : { size: whole } }] }];
  },
});

interface Value {
  readonly key: Odd["key"];
  readonly value: bigint;
  readonly at: Anchor;
}

/** Of a base that is off, its end is off as well: one finding will do. */
function valuesOf(entry: GuestMemory): Value[] {
  const one = (key: "base" | "size" | "align", value: bigint | undefined): Value[] => (value === undefined || value <= 0n ? [] : [{ key, value, at: under(entry.anchor, key) }]);
  const banks = (entry.banks ?? []).flatMap(({ base, end }, index): Value[] => [base, end].map((value) => ({ key: "banks", value, at: under(entry.anchor, "banks", index) })));
  return [...one("base", entry.base), ...one("size", entry.size), ...(entry.base === undefined ? one("align", entry.align) : []), ...banks];
}
