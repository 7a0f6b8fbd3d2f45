// Completes the draft of a running machine with what its device tree knows: which IOMMU and which doorbell serve a host
// bridge. What the kernel showed stays. Knows nothing of blobs.
import type { PciAddress } from "../../../pciAddress";
import { parsePciAddress } from "../../../pciAddress";
import { printAddress } from "../../../print";
import type { Draft, DraftItem, DraftMember, DraftRecord, DraftValue } from "../../draft/draft";
import { record } from "../../draft/draft";
import { Names } from "../../draft/names";
import type { DeviceTreeFacts } from "../deviceTree";
import type { TreeHostBridge } from "../pciHosts";
import type { TreeNode } from "../treeNode";
import { ancestorsOf } from "../treeNode";
import type { EntryNames } from "./draftTreeBridges";
import { draftTreeBridge, iommuOf, msiOf } from "./draftTreeBridges";
import { rangesOf } from "./draftTreeIommus";
import type { Locate } from "./reservedRegions";
import { reservedRegionsOf, slotOf } from "./reservedRegions";

/**
 * The draft with every host bridge's `"unknown"` replaced where the tree tells. Doorbells and IOMMUs that the draft has
 * (at the same address) keep their names; others that a bridge needs are added.
 */
export function fillDraft(draft: Draft, facts: DeviceTreeFacts): Draft {
  const entries = new Entries(draft, facts);
  const pairs = itemsOf(draft, "pci").map((item) => [item, bridgeOf(item.value, facts)] as const);
  if (!pairs.some(([, bridge]) => bridge)) return draft;
  const pci = pairs.map(([item, bridge]) =>
    bridge ? { ...item, value: filled(item.value as DraftRecord, bridge, entries) } : item,
  );
  const sections: [string, readonly DraftItem[]][] = [
    ["doorbells", entries.added.doorbells],
    ["iommus", entries.added.iommus],
  ];
  let members = replaced(draft.root.members, "pci", pci);
  for (const [key, added] of sections) if (added.length > 0) members = extended(members, key, added);
  members = replacedItems(members, "iommus", (item) => withRegions(item, entries, facts, locator(pairs)));
  const comment = draft.comment.map((line) =>
    /^Which IOMMU .* stands in the firmware's tables/.test(line)
      ? "Which IOMMU and which doorbell serve a host bridge is the device tree's word."
      : line,
  );
  return { comment, root: { ...draft.root, members } };
}

/** The IOMMU with the regions that `iommu-addresses` takes, where the draft does not have them. */
function withRegions(item: DraftItem, entries: Entries, facts: DeviceTreeFacts, locate: Locate): DraftItem {
  const iommu = facts.iommus.find(({ node }) => entries.iommu(node)?.name === memberOf(item.value, "name"));
  const regions = iommu && typeof item.value === "object" ? reservedRegionsOf(iommu, facts, locate) : [];
  if (regions.length === 0 || typeof item.value !== "object" || item.value.kind !== "record") return item;
  const known = memberOf(item.value, "reserved");
  const before = typeof known === "object" && known.kind === "list" ? known.items : [];
  const reserved = { kind: "list", items: [...before, ...regions.map((value) => ({ value }))] } as const;
  const members = item.value.members.filter(({ key }) => key !== "reserved");
  return { ...item, value: { ...item.value, members: [...members, { key: "reserved", value: reserved }] } };
}

/** Finds a function by its place below the ports that the draft has: the tree has slots, the machine bus numbers. */
function locator(pairs: readonly (readonly [DraftItem, TreeHostBridge | undefined])[]): Locate {
  return (device, bridge) => {
    const path = [device, ...ancestorsOf(device)];
    const slots = path.slice(0, path.indexOf(bridge.node)).reverse().map(slotOf);
    let at: DraftValue | undefined;
    let below: DraftValue | undefined = pairs.find(([, own]) => own === bridge)?.[0].value;
    for (const slot of slots) {
      below = slot && functionAt(below, slot);
      at = below && memberOf(below, "at");
    }
    return typeof at === "string" ? at : undefined;
  };
}

function functionAt(above: DraftValue | undefined, slot: PciAddress): DraftValue | undefined {
  const devices = above && memberOf(above, "devices");
  const items = typeof devices === "object" && devices.kind === "list" ? devices.items : [];
  return items.find(({ value }) => {
    const at = memberOf(value, "at");
    const address = typeof at === "string" ? parsePciAddress(at) : undefined;
    return address?.device === slot.device && address.function === slot.function;
  })?.value;
}

/** The names of the draft's entries by their first address, and the entries that it lacks. */
class Entries implements EntryNames {
  readonly added: { readonly doorbells: DraftItem[]; readonly iommus: DraftItem[] } = { doorbells: [], iommus: [] };
  private readonly names = new Names();
  private readonly known = new Map<TreeNode, string>();

  constructor(
    draft: Draft,
    private readonly facts: DeviceTreeFacts,
  ) {
    for (const { value } of draft.root.members) {
      for (const { value: entry } of typeof value === "object" && value.kind === "list" ? value.items : []) {
        const name = memberOf(entry, "name");
        if (typeof name === "string") this.names.unique(name, 0n);
      }
    }
    for (const [key, list] of [
      ["doorbells", facts.doorbells],
      ["iommus", facts.iommus],
    ] as const) {
      for (const { node, ranges } of list) {
        const found = itemsOf(draft, key).find(
          ({ value }) => memberOf(value, "base") === printAddress(ranges[0]?.base ?? -1n),
        );
        const name = found && memberOf(found.value, "name");
        if (typeof name === "string") this.known.set(node, name);
      }
    }
    this.matchFunction(draft);
  }

  doorbell(node: TreeNode): string | undefined {
    const one = this.facts.doorbells.find((doorbell) => doorbell.node === node);
    return one && (this.known.get(node) ?? this.add("doorbells", node, { type: one.type, ...rangesOf(one.ranges) }));
  }

  iommu(node: TreeNode): { name: string; disabled: boolean } | undefined {
    const one = this.facts.iommus.find((iommu) => iommu.node === node);
    if (!one) return undefined;
    const { disabled } = one;
    if (disabled) return { name: node.path, disabled };
    const name =
      this.known.get(node) ??
      (one.ranges.length === 0 ? undefined : this.add("iommus", node, { type: one.type, ...rangesOf(one.ranges) }));
    return name === undefined ? undefined : { name, disabled };
  }

  private add(section: "doorbells" | "iommus", node: TreeNode, values: Parameters<typeof record>[0]): string {
    const name = this.names.unique(this.facts.names.of(node), 0n);
    this.known.set(node, name);
    this.added[section].push({ value: record({ name, ...values }, node.path) });
    return name;
  }

  /** An IOMMU that is a PCI function has an address in place of registers; trees have one at most. */
  private matchFunction(draft: Draft): void {
    const inTree = this.facts.iommus.filter(({ requesterId }) => requesterId !== undefined);
    const inDraft = itemsOf(draft, "iommus").filter(({ value }) => memberOf(value, "at") !== undefined);
    const name = inDraft[0] && memberOf(inDraft[0].value, "name");
    if (inTree.length === 1 && inDraft.length === 1 && inTree[0] && typeof name === "string")
      this.known.set(inTree[0].node, name);
  }
}

/** The same segment and first bus; where the tree does not number segments, the same configuration space. */
function bridgeOf(value: DraftValue, facts: DeviceTreeFacts): TreeHostBridge | undefined {
  const [segment, buses, config] = [memberOf(value, "segment"), memberOf(value, "buses"), memberOf(value, "config")];
  const base = config === undefined ? undefined : memberOf(config, "base");
  return facts.bridges.find((bridge) => {
    if (bridge.disabled) return false;
    const own = bridge.registers.config;
    if (bridge.guessed) return own !== "unknown" && base === printAddress(own.base);
    return bridge.segment === segment && typeof buses === "string" && parseInt(buses, 16) === bridge.buses.first;
  });
}

function filled(value: DraftRecord, bridge: TreeHostBridge, entries: EntryNames): DraftRecord {
  const told = draftTreeBridge("", bridge, entries).value;
  const fromTree: Readonly<Record<string, DraftValue | undefined>> = {
    iommu: iommuOf(bridge, entries),
    msi: msiOf(bridge, entries),
    config: memberOf(told, "config"),
    windows: memberOf(told, "windows"),
  };
  const members = value.members.map((member) =>
    member.value === "unknown" ? { ...member, value: fromTree[member.key] ?? member.value } : member,
  );
  const inbound = memberOf(told, "inbound");
  if (inbound === undefined || members.some(({ key }) => key === "inbound")) return { ...value, members };
  const after = members.findIndex(({ key }) => key === "windows") + 1;
  return {
    ...value,
    members: [...members.slice(0, after), { key: "inbound", value: inbound }, ...members.slice(after)],
  };
}

function memberOf(value: DraftValue, key: string): DraftValue | undefined {
  return typeof value === "object" && value.kind === "record"
    ? value.members.find((member) => member.key === key)?.value
    : undefined;
}

function itemsOf(draft: Draft, key: string): readonly DraftItem[] {
  const value = draft.root.members.find((member) => member.key === key)?.value;
  return typeof value === "object" && value.kind === "list" ? value.items : [];
}

function replaced(members: readonly DraftMember[], key: string, items: readonly DraftItem[]): DraftMember[] {
  return members.map((member) => (member.key === key ? { ...member, value: { kind: "list", items } } : member));
}

function replacedItems(
  members: readonly DraftMember[],
  key: string,
  change: (item: DraftItem) => DraftItem,
): DraftMember[] {
  return members.map((member) =>
    member.key === key && typeof member.value === "object" && member.value.kind === "list"
      ? { ...member, value: { kind: "list", items: member.value.items.map(change) } }
      : member,
  );
}

/** A section that is new comes in front of `pci`. */
function extended(members: readonly DraftMember[], key: string, items: readonly DraftItem[]): DraftMember[] {
  const own = members.find((member) => member.key === key);
  if (own && typeof own.value === "object" && own.value.kind === "list")
    return replaced(members, key, [...own.value.items, ...items]);
  const at = members.findIndex((member) => member.key === "pci");
  return [
    ...members.slice(0, at),
    { key, value: { kind: "list", items }, comment: ["From the device tree."] },
    ...members.slice(at),
  ];
}
