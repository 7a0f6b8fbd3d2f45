// The fixes that put a PCI function behind an IOMMU by its host bridge's mappings. Knows nothing of why it should be there.
import { under } from "../anchor";
import type { Edit, Fix } from "../finding";
import { printIdRange, printShortPciAddress } from "../pciAddress";
import type { HostBridge, IommuMapping } from "../platform";
import { printAddress } from "../print";
import type { PciNode } from "./pciTree";
import type { Plan } from "./plan";

/** Stretches the mapping below or above the function's requester id, adds it to a list of devices, or gives a bridge without mappings its first. */
export function coveringFixes(plan: Plan, node: PciNode): Fix[] {
  const { iommu } = node.hostBridge;
  if (iommu === undefined) return firstMapping(plan, node.hostBridge);
  if (!Array.isArray(iommu)) return [];
  const mappings = (iommu as readonly IommuMapping[]).filter(({ to }) => plan.platform.iommus?.find((one) => one.name === to)?.disabled !== true);
  const byIds = mappings.filter(({ ids, mask, devices }) => ids && !devices && (mask === undefined || mask === 0xffff));
  return [...stretchedUp(byIds, node), ...stretchedDown(byIds, node), ...listed(mappings, node)];
}

/** Up to the end of the function's bus, or to where the next mapping begins. */
function stretchedUp(mappings: readonly IommuMapping[], { requesterId }: PciNode): Fix[] {
  const below = mappings.filter(({ ids }) => ids && ids.last < requesterId).sort((a, b) => (b.ids?.last ?? 0) - (a.ids?.last ?? 0))[0];
  if (!below?.ids) return [];
  const next = Math.min(...mappings.map(({ ids }) => ids?.first ?? 0).filter((first) => first > requesterId), 0x1_0000);
  return [stretched(below, { first: below.ids.first, last: Math.min(requesterId | 0xff, next - 1) })];
}

/** Down to the beginning of the function's bus, or to where the mapping before ends. The streams of the ids that it had stay as they are. */
function stretchedDown(mappings: readonly IommuMapping[], { requesterId }: PciNode): Fix[] {
  const above = mappings.filter(({ ids }) => ids && ids.first > requesterId).sort((a, b) => (a.ids?.first ?? 0) - (b.ids?.first ?? 0))[0];
  if (!above?.ids) return [];
  const before = Math.max(...mappings.map(({ ids }) => ids?.last ?? 0).filter((last) => last < requesterId), -1);
  const first = Math.max(requesterId & 0xff00, before + 1);
  const stream = above.stream === undefined ? undefined : above.stream - (above.ids.first - first);
  if (stream !== undefined && stream < 0) return [];
  const fix = stretched(above, { first, last: above.ids.last });
  const restreamed: Edit[] = stream === undefined ? [] : [{ op: "replace", at: under(above.anchor, "stream"), value: { json: printAddress(BigInt(stream)) } }];
  return [{ ...fix, edits: [...fix.edits, ...restreamed] }];
}

function stretched({ anchor, to }: IommuMapping, ids: NonNullable<IommuMapping["ids"]>): Fix {
  const text = printIdRange(ids);
  return { title: `Extend the mapping to ${to} to ids ${text}`, edits: [{ op: "replace", at: under(anchor, "ids"), value: { json: text } }] };
}

function listed(mappings: readonly IommuMapping[], node: PciNode): Fix[] {
  const list = mappings.find(({ devices, ids }) => devices && !ids);
  if (!list?.devices) return [];
  const address = printShortPciAddress(node.function.at);
  const edit: Edit = { op: "insert", to: under(list.anchor, "devices"), behind: list.devices.length - 1, value: { json: address } };
  return [{ title: `Add ${node.label} to the mapping to ${list.to}`, edits: [edit] }];
}

/** Only where there is one IOMMU to choose. */
function firstMapping(plan: Plan, bridge: HostBridge): Fix[] {
  const [only, ...more] = (plan.platform.iommus ?? []).filter((one) => one.disabled !== true);
  if (!only || more.length > 0) return [];
  const { first, last } = bridge.buses ?? { first: 0, last: 0xff };
  const json = [{ ids: printIdRange({ first: first << 8, last: (last << 8) | 0xff }), to: only.name }];
  const after = (["inbound", "windows", "config", "buses", "segment"] as const).find((key) => bridge[key] !== undefined) ?? "name";
  return [{ title: `Put ${bridge.name} behind ${only.name}`, edits: [{ op: "add", to: bridge.anchor, key: "iommu", value: { json }, after }] }];
}
