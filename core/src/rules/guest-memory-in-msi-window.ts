// Guest memory lies in the window at which the host's devices find their doorbell.
import type { Related, Severity } from "../finding";
import { address, overlaps, sizeOf } from "../address";
import type { AddressRange } from "../address";
import { listedLabels } from "../describe/assignability";
import { policyOf } from "../guest/contributions";
import { placementInput } from "../guest/guestPlacement";
import type { GuestHost, GuestPlan } from "../guest/guestPlan";
import { memoryFixes } from "../guest/memoryFixes";
import type { HostMsiWindow } from "../guest/msiWindows";
import { msiWindowsOf } from "../guest/msiWindows";
import { functionsOn } from "../guest/passedThrough";
import type { PinnedBank } from "../guest/pinnedMemory";
import { pinnedMemory } from "../guest/pinnedMemory";
import { startOf } from "../guest/placement/attempt";
import { printAddress, printRange } from "../print";
import { defineGuestRule } from "../rule";

interface Covered {
  readonly bank: PinnedBank;
  readonly range: AddressRange<"ipa">;
  /** At least one, in the order of the guest's hosts. */
  readonly hosts: readonly { readonly host: GuestHost; readonly window: HostMsiWindow }[];
  /** Where the window could go instead, where software chooses its place on all of these hosts. */
  readonly elsewhere: bigint | undefined;
}

export const guestMemoryInMsiWindow = defineGuestRule<Covered>({
  id: "guest-memory-in-msi-window",
  catalogue: "RSV002",
  severity: "error",
  since: "0.1.0",
  summary: "Guest memory lies in the window at which the host's devices find their doorbell.",
  why: `Behind an SMMU a device's interrupt is a write to an I/O virtual address that the kernel has mapped to the doorbell: in a window of 1 MiB, at 0x0800_0000
unless somebody chooses another place. Guest memory cannot be mapped over it, and a device that is told to write there raises an interrupt.

Where the window is \`programmable\` the host can put it elsewhere, so that this is information as long as there is another free place; else it is an
error.`,
  sources: ["domain.md 1.4, 1.5 and 3.2", "Linux, drivers/iommu/arm (MSI_IOVA_BASE)"],
  bad: [
    {
      text: `{
  "guest": "web",
  "hosts": ["n1.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G", "base": "0x0" }],
  //                                                ^^^^^ error: memory ram 0x0-0x3fff_ffff meets the MSI window 0x0800_0000-0x080f_ffff of n1: devices find their doorbell there
}
// --- n1.platform.jsonc ---
{ "platform": "n1", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }] }`,
      fixed: `{
  "guest": "web",
  "hosts": ["n1.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G", "from": "0x0" }],
}`,
    },
    {
      text: `{
  "guest": "web",
  "hosts": ["n1.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G", "base": "0x0" }],
  //                                                ^^^^^ info: memory ram 0x0-0x3fff_ffff meets the MSI window 0x0800_0000-0x080f_ffff of n1, which has to go elsewhere, for example to 0xfff0_0000
}
// --- n1.platform.jsonc ---
{
  "platform": "n1", "arch": "arm64",
  "iommus": [{ "name": "smmu", "type": "smmuv3", "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true } }],
  //                                                                    ~~~~~~~~~~~~~ the window of n1
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "hosts": ["n1.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G", "base": "0x4000_0000" }, { "name": "low", "size": "256M", "from": "0x0" }],
}
// --- n1.platform.jsonc ---
{ "platform": "n1", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }] }`,
  ],
  *check(plan) {
    const banks = pinnedMemory(plan);
    if (banks.length === 0) return;
    for (const { range, hosts } of windowsOfHosts(plan)) {
      const covering = banks.filter((bank) => overlaps(bank.range, range));
      if (covering.length === 0) continue;
      const elsewhere = hosts.every((one) => one.window.isProgrammable) ? freePlace(plan, sizeOf(range)) : undefined;
      const severity: Severity = elsewhere === undefined ? "error" : "info";
      for (const bank of covering) yield { at: bank.at, severity, data: { bank, range, hosts, elsewhere }, related: hosts.slice(0, 4).flatMap(relatedWindow) };
    }
  },
  message: ({ bank, range, hosts, elsewhere }) => {
    const what = `memory ${bank.name} ${printRange(bank.range)} meets the MSI window ${printRange(range)} of ${listedLabels(hosts.map((one) => one.host.name))}`;
    return elsewhere === undefined ? `${what}: devices find their doorbell there` : `${what}, which has to go elsewhere, for example to ${printAddress(elsewhere)}`;
  },
  fix: ({ data }, plan) => memoryFixes(plan, data.bank.entry),
});

/** Below 4 GiB where there is room: some devices have 32 bits for it. */
function freePlace(plan: GuestPlan, size: bigint): bigint | undefined {
  const { free } = startOf(placementInput(plan));
  return free.within({ base: address(0n), end: address(1n << 32n) }).highest(size, size) ?? free.highest(size, size);
}

/** With the relaxed policy only hosts that give the guest a device count. */
function windowsOfHosts(plan: GuestPlan): Pick<Covered, "range" | "hosts">[] {
  const found = new Map<string, { range: AddressRange<"ipa">; hosts: { host: GuestHost; window: HostMsiWindow }[] }>();
  for (const host of plan.hosts) {
    if (policyOf(plan.guest) === "relaxed" && functionsOn(plan, host).length === 0) continue;
    for (const window of msiWindowsOf(host.plan)) {
      const key = `${window.range.base} ${window.range.end}`;
      const one = found.get(key) ?? { range: window.range, hosts: [] };
      one.hosts.push({ host, window });
      found.set(key, one);
    }
  }
  return [...found.values()];
}

function relatedWindow({ host, window }: Covered["hosts"][number]): Related[] {
  return window.at ? [{ at: window.at, message: `the window of ${host.name}` }] : [];
}
