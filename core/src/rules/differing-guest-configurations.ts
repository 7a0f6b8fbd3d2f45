// Two files of a fleet describe one guest, and give it what a migration cannot change.
import { under } from "../anchor";
import type { FleetGuest } from "../fleet/fleetPlan";
import { ramSizeOf } from "../guest/guestMachine";
import type { Guest } from "../guest";
import { printSize } from "../print";
import { defineFleetRule } from "../rule";

interface Differing {
  readonly first: FleetGuest;
  readonly second: FleetGuest;
  /** Clauses: what, there and here. At least one. */
  readonly differences: readonly string[];
}

export const differingGuestConfigurations = defineFleetRule<Differing>({
  id: "differing-guest-configurations",
  catalogue: "MIG003",
  severity: "error",
  since: "0.1.0",
  summary: "Two files of a fleet describe one guest, and give it what a migration cannot change.",
  why: `The monitor on the target must be started with the same machine, memory, slots and windows as the one on the source: they decide where everything lies, and
the stream of a migration names memory by block and size. Where they differ the target refuses it: "Unknown ramblock", "Size mismatch", or, worse, finds a
device at another address.

Two files with the same \`guest\` name are two views of one guest, for example one for each rack. Make them equal in what is listed here.`,
  sources: ["domain.md section 6", "QEMU, migration/ram.c"],
  bad: [
    {
      text: `{
  "fleet": "two-racks",
  "platforms": ["d05.platform.jsonc"],
  "migrationGroups": [{
    "name": "arm", "platforms": ["d05"],
    "guests": ["rack-a.guest.jsonc", "rack-b.guest.jsonc"],
    //         ~~~~~~~~~~~~~~~~~~~~ the other file of web
    //                               ^^^^^^^^^^^^^^^^^^^^ error: web cannot migrate between its two files: the machine is qemu-virt-8.2 there and qemu-virt-10.1 here; memory ram has 4 GiB there and 8 GiB here
  }],
}
// --- d05.platform.jsonc ---
{ "platform": "d05", "arch": "arm64" }
// --- rack-a.guest.jsonc ---
{ "guest": "web", "machine": "qemu-virt-8.2", "memory": [{ "name": "ram", "size": "4G" }] }
// --- rack-b.guest.jsonc ---
{ "guest": "web", "machine": "qemu-virt-10.1", "memory": [{ "name": "ram", "size": "8G" }] }`,
    },
  ],
  good: [
    `{
  "fleet": "two-racks",
  "platforms": ["d05.platform.jsonc"],
  "migrationGroups": [{ "name": "arm", "platforms": ["d05"], "guests": ["rack-a.guest.jsonc", "rack-b.guest.jsonc", "db.guest.jsonc"] }],
}
// --- d05.platform.jsonc ---
{ "platform": "d05", "arch": "arm64" }
// --- rack-a.guest.jsonc ---
{ "guest": "web", "memory": [{ "name": "ram", "size": "4G" }] }
// --- rack-b.guest.jsonc ---
{ "guest": "web", "memory": [{ "name": "ram", "size": "4G", "base": "0x4000_0000" }] }
// --- db.guest.jsonc ---
{ "guest": "db", "memory": [{ "name": "ram", "size": "64G" }] }`,
  ],
  *check({ guests }) {
    const firstByName = new Map<string, FleetGuest>();
    for (const second of guests) {
      const { guest } = second.plan.guest;
      const first = firstByName.get(guest);
      if (!first) firstByName.set(guest, second);
      const differences = first ? differencesOf(first.plan.guest, second.plan.guest) : [];
      if (first && differences.length > 0) yield { at: second.namedAt, data: { first, second, differences }, related: [{ at: first.namedAt, message: `the other file of ${guest}` }, { at: under(first.plan.guest.anchor, "guest"), message: "one of them" }] };
    }
  },
  message: ({ second, differences }) => `${second.plan.guest.guest} cannot migrate between its two files: ${differences.join("; ")}`,
});

function differencesOf(a: Guest, b: Guest): string[] {
  const compared: (readonly [what: string, there: string, here: string])[] = [
    ["the machine is", a.machine ?? "not given", b.machine ?? "not given"],
    ["the address width is", bits(a), bits(b)],
    ["memory at boot is", printSize(ramSizeOf(a)), printSize(ramSizeOf(b))],
    ["maxMemory is", size(a.maxMemory), size(b.maxMemory)],
    ["memorySlots is", String(a.memorySlots ?? 0), String(b.memorySlots ?? 0)],
    ["the page size of the memory behind it is", size(a.hugePages), size(b.hugePages)],
    ["secureMemory is", String(a.secureMemory ?? false), String(b.secureMemory ?? false)],
  ];
  const blocks = blocksOf(a, b);
  const windows = windowsOf(a, b);
  return [...compared.filter(([what]) => !(what === "memory at boot is" && blocks.length > 0)).filter(([, there, here]) => there !== here).map(([what, there, here]) => `${what} ${there} there and ${here} here`), ...blocks, ...windows];
}

/** A block of memory goes by its name. */
function blocksOf(a: Guest, b: Guest): string[] {
  return differing(new Map((a.memory ?? []).map((one) => [one.name, one.size])), new Map((b.memory ?? []).map((one) => [one.name, one.size])), "memory");
}

function windowsOf(a: Guest, b: Guest): string[] {
  return differing(new Map((a.windows ?? []).map((one) => [one.name, one.size])), new Map((b.windows ?? []).map((one) => [one.name, one.size])), "window");
}

function differing(there: ReadonlyMap<string, bigint>, here: ReadonlyMap<string, bigint>, noun: string): string[] {
  return [...new Set([...there.keys(), ...here.keys()])].flatMap((name) => {
    const [one, other] = [there.get(name), here.get(name)];
    if (one === other) return [];
    if (one === undefined || other === undefined) return [`${noun} ${name} is only ${one === undefined ? "here" : "there"}`];
    return [`${noun} ${name} has ${printSize(one)} there and ${printSize(other)} here`];
  });
}

function bits({ physicalAddressBits }: Guest): string {
  return physicalAddressBits === undefined ? "not given" : `${physicalAddressBits} bits`;
}

function size(bytes: bigint | undefined): string {
  return bytes === undefined ? "not given" : printSize(bytes);
}
