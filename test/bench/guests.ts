// npm run bench measures this too: one guest and a thousand hosts, none like another, from text to a placement.
// Knows nothing of what is expected of it.
import { placementOf, relaxationsFor, rules, runRules, simulate } from "../../core/src/index";
import type { FleetPlan, GuestPlan } from "../../core/src/index";
import { printTextFleet } from "../../server/src/cli/report/fleetText";
import { checkText } from "../../server/src/workspace/check";
import { memoryFiles } from "../workspace/memoryFiles";

/** A host with a root port, an adapter, a bridge window and four reserved regions of its own. */
function host(index: number): string {
  const region = (number: number): object => ({ base: `0x${(0x5000_0000 + ((index * 37 + number * 1009) % 4000) * 0x20_0000).toString(16)}`, size: "64K", type: "msi" });
  return JSON.stringify({
    platform: `h${index}`, arch: "arm64",
    iommus: [{ name: "smmu", type: "smmuv3", base: "0x4000_0000", size: "128K", inputBits: 48, reserved: [0, 1, 2, 3].map(region) }],
    pci: [{
      name: "p", windows: [{ type: "mem32", cpu: "0x1000_0000", size: "256M" }], iommu: [{ ids: "0000-ffff", to: "smmu" }],
      devices: [{ at: "00:01.0", type: "root-port", buses: "01", acs: { capable: "SV RR CR UF", enabled: "SV RR CR UF" }, devices: [{ at: "01:00.0", type: "endpoint" }] }],
    }],
  });
}

export interface GuestTimes {
  readonly read: number;
  readonly place: number;
  /** Of a guest for which the hosts leave no room. */
  readonly relax: number;
  readonly banks: number;
  /** All rules, on a guest whose memory has a base and meets what the hosts keep, with a device to add on each. */
  readonly check: number;
  /** A start, a migration and a hot-plug. */
  readonly simulation: number;
  /** The report on the fleet of these hosts with this guest. */
  readonly fleet: number;
}

/** Wall-clock milliseconds, each once: caches are what a user has, cold. */
export function measureGuest(hosts: number): GuestTimes {
  const texts = new Map(Array.from({ length: hosts }, (_, index) => [`h${index}.platform.jsonc`, host(index)] as const));
  const guest = (memory: object): string => JSON.stringify({ guest: "g", physicalAddressBits: 40, hosts: [...texts.keys()], memory: [memory] });
  const text = guest({ name: "ram", size: "8G" });
  const surroundings = memoryFiles(new Map([["g.guest.jsonc", text], ...texts]));
  const planOf = (one: string): GuestPlan => checkText("g.guest.jsonc", one, { rules: [], surroundings }).filePlan as GuestPlan;
  const [plan, read] = timed(() => planOf(text));
  const [placement, place] = timed(() => placementOf(plan));
  const fixed = planOf(guest({ name: "ram", size: "8G", base: "0x4000_0000" }));
  const [, relax] = timed(() => relaxationsFor(fixed, placementOf(fixed)));
  const passthrough = [...texts.keys()].map((_, index) => ({ host: `h${index}`, device: "01:00.0", when: "hotplug" }));
  const moving = JSON.stringify({ guest: "g", physicalAddressBits: 40, hosts: [...texts.keys()], memory: [{ name: "ram", size: "8G", base: "0x4000_0000" }], passthrough });
  const [, check] = timed(() => runRules(rules, planOf(moving)));
  const life = planOf(moving);
  const device = { segment: undefined, bus: 1, device: 0, function: 0 };
  const [, simulation] = timed(() => simulate(life, [{ kind: "start", host: "h0" }, { kind: "migrate", host: "h1" }, { kind: "hotplug", device }]));
  const [, fleet] = timed(() => printTextFleet(fleetOf(texts, moving)));
  return { read, place, relax, banks: placement.memory[0]?.banks.length ?? 0, check, simulation, fleet };
}

function fleetOf(hosts: ReadonlyMap<string, string>, guest: string): FleetPlan {
  const names = [...hosts.keys()].map((_, index) => `h${index}`);
  const text = JSON.stringify({ fleet: "f", platforms: [...hosts.keys()], migrationGroups: [{ name: "all", platforms: names, guests: ["g.guest.jsonc"] }] });
  const surroundings = memoryFiles(new Map([["f.fleet.jsonc", text], ["g.guest.jsonc", guest], ...hosts]));
  return checkText("f.fleet.jsonc", text, { rules: [], surroundings }).filePlan as FleetPlan;
}

function timed<T>(run: () => T): [T, number] {
  const before = process.hrtime.bigint();
  const result = run();
  return [result, Number(process.hrtime.bigint() - before) / 1e6];
}
