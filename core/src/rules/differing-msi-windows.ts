// The guest's hosts find doorbells at different addresses.
import type { AddressRange } from "../address";
import { contains, sameRange } from "../address";
import type { Anchor } from "../anchor";
import { under } from "../anchor";
import type { Edit, Fix, Related } from "../finding";
import { asEmitted } from "../guest/dmaAddresses";
import type { GuestHost, GuestPlan } from "../guest/guestPlan";
import { allRegionsOf } from "../guest/hostRegions";
import { isMsiWindow, msiWindowsOf } from "../guest/msiWindows";
import { listedLabels } from "../describe/assignability";
import { printRange } from "../print";
import { defineGuestRule } from "../rule";

/** A place where doorbells are, with the hosts that have it. */
interface Window {
  readonly range: AddressRange<"ipa">;
  readonly hosts: GuestHost[];
}

interface Differing {
  /** At least two. */
  readonly windows: readonly Window[];
}

export const differingMsiWindows = defineGuestRule<Differing>({
  id: "differing-msi-windows",
  catalogue: "MIG006",
  severity: "warning",
  since: "0.1.0",
  summary: "The guest's hosts find doorbells at different addresses.",
  why: `A device of a host raises interrupts at that host's MSI window, and the kernel lets nothing else be mapped there. A guest that moves between hosts with different
windows has to keep all of them free, everywhere: a window that only the next host has must be free on this one already. Memory that Platmap places keeps off
all of them; what the guest's own IOMMU declares, what the monitor puts at fixed places, and a doorbell by the \`host-window\` strategy do not by themselves.

With a virtual IOMMU, declare the windows of all hosts to the guest from the start. Where a window is programmable, it may be simplest to move one.`,
  sources: ["domain.md 3.2 and section 6"],
  bad: [
    {
      text: `{
  "guest": "web",
  "hosts": ["a.platform.jsonc", "b.platform.jsonc"],
  //       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: its hosts have different MSI windows: 0x0800_0000-0x080f_ffff on a, 0xa000_0000-0xa00f_ffff on b; all of them have to stay free on every host
  "iommu": { "type": "virtio-iommu" },
}
// --- a.platform.jsonc ---
{ "platform": "a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }] }
// --- b.platform.jsonc ---
{ "platform": "b", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "msiWindow": { "base": "0xa000_0000", "size": "1M" } }] }`,
      fixed: `{
  "guest": "web",
  "hosts": ["a.platform.jsonc", "b.platform.jsonc"],
  "iommu": { "type": "virtio-iommu", "reserved": [{ "range": "0x0800_0000-0x080f_ffff" }, { "range": "0xa000_0000-0xa00f_ffff" }] },
}`,
    },
    {
      text: `{
  "guest": "web",
  "hosts": ["a.platform.jsonc", "b.platform.jsonc"],
  //       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: its hosts have different MSI windows: 0x0800_0000-0x080f_ffff on a, 0xa000_0000-0xa00f_ffff on b; all of them have to stay free on every host
}
// --- a.platform.jsonc ---
{ "platform": "a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }] }
// --- b.platform.jsonc ---
{ "platform": "b", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "msiWindow": { "base": "0xa000_0000", "size": "1M", "programmable": true } }] }`,
    },
  ],
  good: [
    `// Declared to the guest.
{
  "guest": "web",
  "hosts": ["a.platform.jsonc", "b.platform.jsonc"],
  "iommu": { "type": "virtio-iommu", "reserved": [{ "range": "0x0800_0000-0x080f_ffff" }, { "range": "0xa000_0000-0xa00f_ffff" }] },
}
// --- a.platform.jsonc ---
{ "platform": "a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3" }] }
// --- b.platform.jsonc ---
{ "platform": "b", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "msiWindow": { "base": "0xa000_0000", "size": "1M" } }] }`,
    `// The same window. What else d05 reserves is no window.
{
  "guest": "web",
  "hosts": ["lx2160a.platform.jsonc", "d05.platform.jsonc"],
}
// --- lx2160a.platform.jsonc ---
{ "platform": "lx2160a", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv2" }] }
// --- d05.platform.jsonc ---
{ "platform": "d05", "arch": "arm64", "iommus": [{ "name": "smmu", "type": "smmuv3", "reserved": [{ "range": "0xc601_0000-0xc601_ffff", "type": "msi" }] }] }`,
  ],
  *check(plan) {
    const windows = windowsOf(plan.hosts);
    const isSame = windows.every(({ hosts }) => hosts.length === windows[0]?.hosts.length && hosts.every((host) => windows[0]?.hosts.includes(host)));
    if (windows.length < 2 || isSame || undeclared(plan, windows).length === 0) return;
    const related = windows.flatMap(({ range, hosts }) => hosts.slice(0, 4).flatMap((host) => placesOf(host, range)));
    yield { at: hostsOf(plan), data: { windows }, related };
  },
  message: ({ windows }) =>
    `its hosts have different MSI windows: ${listed(windows)}; all of them have to stay free on every host`,
  fix({ data }, plan): Fix[] {
    const { iommu } = plan.guest;
    if (!iommu) return [];
    const entries = undeclared(plan, data.windows).map(({ range }) => ({ range: printRange(range) }));
    const to = under(iommu.anchor, "reserved");
    const behind = (iommu.reserved?.length ?? 0) - 1;
    const edits: Edit[] = iommu.reserved ? entries.map((json): Edit => ({ op: "insert", to, behind, value: { json } })) : [{ op: "add", to: iommu.anchor, key: "reserved", value: { json: entries }, after: "type" }];
    return [{ title: `Declare the MSI ${entries.length === 1 ? "window" : "windows"} of all hosts to the guest`, edits }];
  },
});

const SHOWN = 4;

function listed(windows: readonly Window[]): string {
  const shown = windows.slice(0, SHOWN).map(({ range, hosts }) => `${printRange(range)} on ${listedLabels(hosts.map((host) => host.name), 2)}`);
  return `${shown.join(", ")}${windows.length > SHOWN ? ` and ${windows.length - SHOWN} more` : ""}`;
}

/** On x86, where nothing is called a window, what hardware takes as interrupts. */
function windowsOf(hosts: readonly GuestHost[]): Window[] {
  const found: Window[] = [];
  const byRange = new Map<string, Window>();
  for (const host of hosts) {
    for (const range of rangesOf(host)) {
      const key = `${range.base} ${range.end}`;
      const one = byRange.get(key) ?? { range, hosts: [] };
      if (one.hosts.length === 0) found.push(one);
      one.hosts.push(host);
      byRange.set(key, one);
    }
  }
  return found;
}

function rangesOf({ plan }: GuestHost): readonly AddressRange<"ipa">[] {
  const windows = msiWindowsOf(plan).map((one) => one.range);
  return windows.length > 0 ? windows : allRegionsOf(plan).regions.filter((one) => one.kind === "msi").map((one) => one.range);
}

function undeclared({ guest }: GuestPlan, windows: readonly Window[]): Window[] {
  const declared = (guest.iommu?.reserved ?? []).map((one) => one.range);
  return windows.filter(({ range }) => !declared.some((one) => contains(one, asEmitted(range))));
}

function placesOf({ name, plan }: GuestHost, range: AddressRange<"ipa">): Related[] {
  if (!isMsiWindow(plan, range)) return [];
  return msiWindowsOf(plan).flatMap((one) => (sameRange(one.range, range) && one.at ? [{ at: one.at, message: `the window of ${name}` }] : []));
}

function hostsOf({ guest }: GuestPlan): Anchor {
  return under(guest.anchor, guest.hosts ? "hosts" : "fleet");
}
