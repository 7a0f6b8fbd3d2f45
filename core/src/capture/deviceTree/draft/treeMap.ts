// The physical map of a device tree as named entries: devices, IOMMUs, doorbells and host bridges, each told what it
// lies in. Knows nothing of how entries are written.
import type { CapturedRange } from "../../reading";
import { addTo, same } from "../../reading";
import { without } from "../../draft/places";
import { Names } from "../../draft/names";
import type { TreeDevice } from "../deviceNodes";
import type { DeviceTreeFacts } from "../deviceTree";
import type { TreeDoorbell } from "../doorbellNodes";
import type { TreeIommu } from "../iommuNodes";
import type { TreeHostBridge } from "../pciHosts";
import type { Nested, Part } from "./containment";
import { nest } from "./containment";
import type { Owner } from "./treeParts";
import { crossedOwners, partsOf } from "./treeParts";

/** A device, or the part of one that lies in something else. */
export interface DeviceEntry {
  readonly name: string;
  readonly path: string;
  /** Paths of other nodes with the very same registers. */
  readonly also: readonly string[];
  readonly ranges: readonly CapturedRange[];
  readonly in: string | undefined;
  /** Undefined for the registers of a host bridge. */
  readonly device: TreeDevice | undefined;
  readonly disabled: boolean;
}

export interface TreeMap {
  readonly names: Names;
  readonly devices: readonly DeviceEntry[];
  readonly bridges: ReadonlyMap<TreeHostBridge, string>;
  readonly iommus: ReadonlyMap<TreeIommu, string>;
  readonly doorbells: ReadonlyMap<TreeDoorbell, string>;
  /** The entry that a device, an IOMMU or a doorbell lies in. */
  readonly inside: ReadonlyMap<TreeIommu | TreeDoorbell, string>;
  /** Paths of nodes that are switched off and lie across what is on. */
  readonly leftOut: readonly string[];
}

/** Ranges of one device that lie in the same thing. */
interface Group {
  readonly name: string;
  readonly in: string | undefined;
  readonly ranges: CapturedRange[];
  readonly also: string[];
  /** Parts that a host bridge describes: configuration space and windows cannot say that they lie in something. */
  readonly holes: CapturedRange[];
}

export function treeMap(facts: DeviceTreeFacts): TreeMap {
  const names = new Names();
  const bridges = new Map(
    facts.bridges.map((bridge) => [bridge, names.unique(nameOf(facts, bridge.node, "pcie"), placeOf(bridge))]),
  );
  const iommus = new Map(
    facts.iommus.map((one) => [
      one,
      names.unique(nameOf(facts, one.node, STEMS[one.type] ?? one.type), one.ranges[0]?.base ?? 0n),
    ]),
  );
  const doorbells = new Map(
    facts.doorbells.map((one) => [one, names.unique(doorbellName(facts, one), one.ranges[0].base)]),
  );
  const nested = nest(partsOf(facts));
  const leftOut = new Set(nested.flatMap((one) => crossedOwners(one)));
  const naming = new Naming(facts, names, { bridges, iommus, doorbells });
  for (const one of nested) if (!leftOut.has(one.part.owner)) naming.enter(one, leftOut);
  return {
    names,
    devices: naming.entries(),
    bridges,
    iommus,
    doorbells,
    inside: naming.inside,
    leftOut: [...leftOut].flatMap((owner) => (owner.kind === "device" ? [owner.device.node.path] : [])),
  };
}

const STEMS: Readonly<Record<string, string>> = { smmuv1: "smmu", smmuv2: "smmu", smmuv3: "smmu" };
const DOORBELL_STEMS = {
  gicv2m: "v2m",
  its: "its",
  mbi: "mbi",
  "pre-its": "pre-its",
  imsic: "imsic",
  "pch-msi": "pch-msi",
  mip: "mip",
  controller: "msi",
} as const;

/** Labels and aliases say more than the generic names of nodes, for which the stem stands. */
function nameOf(facts: DeviceTreeFacts, node: Parameters<DeviceTreeFacts["names"]["of"]>[0], stem: string): string {
  return facts.names.given(node) ?? stem;
}

/** A second doorbell of one node is named by its kind. */
function doorbellName(facts: DeviceTreeFacts, { node, type }: TreeDoorbell): string {
  const stem = DOORBELL_STEMS[type];
  return type === "mbi" || type === "pre-its" ? stem : nameOf(facts, node, stem);
}

function placeOf(bridge: TreeHostBridge): bigint {
  const { config } = bridge.registers;
  return config === "unknown" ? 0n : config.base;
}

/** Hands out the names of devices and their parts while it walks the map, containers first. */
class Naming {
  readonly inside = new Map<TreeIommu | TreeDoorbell, string>();
  private readonly groups = new Map<Owner, Group[]>();
  private readonly groupOf = new Map<Part<Owner>, Group>();

  constructor(
    private readonly facts: DeviceTreeFacts,
    private readonly names: Names,
    private readonly named: Pick<TreeMap, "bridges" | "iommus" | "doorbells">,
  ) {}

  enter({ part, inside, isRepeated }: Nested<Owner>, leftOut: ReadonlySet<Owner>): void {
    const { owner } = part;
    const around = inside && !leftOut.has(inside.owner) ? this.nameOfPart(inside) : undefined;
    if (owner.kind === "iommu" && around !== undefined) this.inside.set(owner.iommu, around);
    // A doorbell may lie in a device without a word.
    if (owner.kind === "doorbell" && around !== undefined && inside?.owner.kind !== "device")
      this.inside.set(owner.doorbell, around);
    if (owner.kind === "bridge" && inside) this.groupOf.get(inside)?.holes.push(part);
    const twin = inside && this.twinOf(part, inside);
    if (twin && owner.kind === "device") {
      twin.also.push(owner.device.node.path);
      this.groupOf.set(part, twin);
    } else if ((owner.kind === "device" || owner.kind === "registers") && !isRepeated)
      this.enterDevice(part, owner, around);
  }

  /** In the order of their first addresses. */
  entries(): DeviceEntry[] {
    return [...this.groups].flatMap(([owner, groups]) =>
      owner.kind === "device" || owner.kind === "registers" ? groups.map((group) => entryOf(owner, group)) : [],
    );
  }

  /** The entry of another device with the same registers, for a node that says nothing else. */
  private twinOf(part: Part<Owner>, inside: Part<Owner>): Group | undefined {
    const { owner } = part;
    const isPlain =
      owner.kind === "device" &&
      owner.device.registers.length === 1 &&
      owner.device.iommus.length === 0 &&
      !owner.device.iommuMap;
    return isPlain && same(part, inside) ? this.groupOf.get(inside) : undefined;
  }

  private enterDevice(
    part: Part<Owner>,
    owner: Owner & { kind: "device" | "registers" },
    around: string | undefined,
  ): void {
    const groups = this.groups.get(owner) ?? [];
    const own = { base: part.base, last: part.last };
    const isGic = part.name?.startsWith("gic") === true;
    let group = isGic ? undefined : groups.find((one) => one.in === around);
    if (group) joinOrAdd(group.ranges, own);
    else {
      group = {
        name: this.names.unique(this.stemOf(owner, part, groups.length), part.base),
        in: around,
        ranges: [own],
        also: [],
        holes: [],
      };
      addTo(this.groups, owner, group);
    }
    this.groupOf.set(part, group);
  }

  /** The parts of a GIC are known by names of their own; so is a device's part that lies elsewhere. */
  private stemOf(owner: Owner & { kind: "device" | "registers" }, { name }: Part<Owner>, earlier: number): string {
    if (name?.startsWith("gic")) return name;
    const stem =
      owner.kind === "device"
        ? this.facts.names.of(owner.device.node)
        : `${this.named.bridges.get(owner.bridge) ?? "pcie"}-registers`;
    return earlier === 0 ? stem : `${stem}-${name?.replaceAll("_", "-") ?? earlier}`;
  }

  private nameOfPart(part: Part<Owner>): string | undefined {
    const { owner } = part;
    if (owner.kind === "bridge") return this.named.bridges.get(owner.bridge);
    if (owner.kind === "iommu") return this.named.iommus.get(owner.iommu);
    if (owner.kind === "doorbell") return this.named.doorbells.get(owner.doorbell);
    return this.groupOf.get(part)?.name;
  }
}

/** Parts come in the order of addresses; what follows on without a gap is one range. */
function joinOrAdd(ranges: CapturedRange[], next: CapturedRange): void {
  const before = ranges.at(-1);
  if (before && before.last + 1n === next.base) ranges[ranges.length - 1] = { base: before.base, last: next.last };
  else ranges.push(next);
}

/** Without the holes; a device that would vanish stays whole. */
function rangesOf({ ranges, holes }: Group): CapturedRange[] {
  const left = ranges.flatMap((range) => without(range, holes));
  return left.length === 0 ? ranges : left;
}

function entryOf(owner: Owner & { kind: "device" | "registers" }, group: Group): DeviceEntry {
  const node = owner.kind === "device" ? owner.device.node : owner.bridge.node;
  const device = owner.kind === "device" ? owner.device : undefined;
  return {
    name: group.name,
    path: node.path,
    also: group.also,
    ranges: rangesOf(group),
    in: group.in,
    device,
    disabled: owner.disabled,
  };
}
