// "What reaches this doorbell" as a call hierarchy: a write is a call, from a function to a doorbell or an IOMMU. Knows nothing of how ways are found.
import type { CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, Position } from "vscode-languageserver";
import { SymbolKind } from "vscode-languageserver";
import type { Path, Plan, ReachItem } from "../../../core/src/index";
import { reachItemAt, whatIsReached, whatReaches } from "../../../core/src/index";
import type { Snapshot } from "../workspace/workspace";
import { rangeOf } from "./convert";

const KINDS: Readonly<Record<ReachItem["kind"], SymbolKind>> = {
  doorbell: SymbolKind.Event,
  iommu: SymbolKind.Operator,
  function: SymbolKind.Object,
  device: SymbolKind.Interface,
};

/** The doorbell, IOMMU, function or device under the cursor; while the text is broken there is none. */
export function prepareCallHierarchy(snapshot: Snapshot, position: Position): CallHierarchyItem[] {
  const { plan, source } = snapshot.checked;
  const anchor = source.anchorAt(source.offset(position));
  const item = plan && anchor && reachItemAt(plan, anchor.path);
  return item ? [toItem(snapshot, item)] : [];
}

export function incomingCalls(snapshot: Snapshot, { data }: CallHierarchyItem): CallHierarchyIncomingCall[] {
  return reached(snapshot, data, whatReaches).map((item) => ({ from: toItem(snapshot, item), fromRanges: [rangeOf(snapshot.checked.source, item.at)] }));
}

/** The call stands where the caller does: a description has no place for a single write. */
export function outgoingCalls(snapshot: Snapshot, { data, selectionRange }: CallHierarchyItem): CallHierarchyOutgoingCall[] {
  return reached(snapshot, data, whatIsReached).map((item) => ({ to: toItem(snapshot, item), fromRanges: [selectionRange] }));
}

function reached({ checked: { plan } }: Snapshot, data: unknown, find: (plan: Plan, path: Path) => ReachItem[]): ReachItem[] {
  return plan && Array.isArray(data) ? find(plan, data as Path) : [];
}

function toItem({ uri, checked: { source } }: Snapshot, { kind, name, detail, entry, at }: ReachItem): CallHierarchyItem {
  return { name, kind: KINDS[kind], detail, uri, range: rangeOf(source, entry), selectionRange: rangeOf(source, at), data: entry.path };
}
