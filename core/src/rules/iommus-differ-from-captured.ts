// The IOMMU that the description has in front of a function is not the one that the captured kernel put there.
import { under } from "../anchor";
import { describeLabels } from "../describe/acs";
import { capturedFunction } from "../plan/capturedFunctions";
import type { InFront } from "../plan/iommuInFront";
import { iommuInFront } from "../plan/iommuInFront";
import { entryAnchor } from "../plan/occupants";
import type { PciNode } from "../plan/pciTree";
import type { Plan } from "../plan/plan";
import type { Iommu } from "../platform";
import type { NotChecked, Observation } from "../rule";
import { defineRule, notChecked } from "../rule";

/** A function behind an IOMMU of the kernel's, and what the description has in front of it. */
interface Behind {
  readonly node: PciNode;
  readonly front: Exclude<InFront, { kind: "unknown" }>;
  /** The kernel's name of the IOMMU. */
  readonly kernelName: string;
  readonly index: number;
}

/** `none`: nothing translates them by the description. `split`: one of the kernel's is two of ours. `joined`: two of the kernel's are one of ours. */
type Drift =
  | { readonly kind: "none"; readonly one: Behind; readonly more: readonly Behind[] }
  | { readonly kind: "split" | "joined"; readonly one: Behind; readonly other: Behind };

export const iommusDifferFromCaptured = defineRule<Drift>({
  id: "iommus-differ-from-captured",
  severity: "warning",
  since: "0.1.0",
  summary: "The IOMMU that the description has in front of a function is not the one that the captured kernel put there.",
  why: `A running kernel tells which functions each IOMMU translates. Where the description has no IOMMU in front of one of them, has two where the kernel has
one, or one where the kernel has two, a mapping of the host bridge is wrong, or the machine has changed since.

The kernel's names of IOMMUs are its own, so only who is together is compared. What the kernel does not list may be left out on purpose: that is not
compared.`,
  sources: ["domain.md 4.3", "Linux, Documentation/ABI/testing/sysfs-class-iommu"],
  bad: [
    {
      text: `{
  "platform": "board",
  "iommus": [
    { "name": "dmar0", "type": "vt-d", "base": "0xfed9_0000", "size": "4K" },
    { "name": "dmar1", "type": "vt-d", "base": "0xfed9_1000", "size": "4K" },
  ],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "ids": "0000-0017", "to": "dmar0" }, { "ids": "0018-001f", "to": "dmar1" }],
    "devices": [
      { "at": "00:02.0", "name": "gpu", "type": "endpoint" },
      { "at": "00:03.0", "name": "audio", "type": "endpoint" },
      //                         ~~~~~~~ audio (0000:00:03.0)
      { "at": "00:05.0", "name": "nic0", "type": "endpoint" },
    ],
  }],
  "captured": { "iommus": { "dmar1": ["0000:00:02.0", "0000:00:03.0", "0000:00:05.0"] } },
  //                                                  ^^^^^^^^^^^^^^ warning: the captured kernel has audio (0000:00:03.0) and gpu (0000:00:02.0) behind one IOMMU, dmar1, but by the description they are behind dmar1 and dmar0
  //                                                                  ^^^^^^^^^^^^^^ warning: the captured kernel has nic0 (0000:00:05.0) behind dmar1, but by the description no IOMMU translates its DMA
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "iommus": [
    { "name": "graphics", "type": "vt-d", "base": "0xfed9_0000", "size": "4K" },
    { "name": "others", "type": "vt-d", "base": "0xfed9_1000", "size": "4K" },
  ],
  "pci": [{
    "name": "pci0", "msi": "none", "iommu": [{ "devices": ["00:02.0"], "to": "graphics" }, { "to": "others" }],
    "devices": [{ "at": "00:02.0", "type": "endpoint" }, { "at": "00:03.0", "type": "endpoint" }, { "at": "00:04.0", "type": "endpoint" }],
  }],
  "captured": { "iommus": { "dmar0": ["0000:00:02.0"], "dmar1": ["0000:00:03.0", "some-device"] } },
}`,
  ],
  *check(plan) {
    if ((plan.platform.captured?.iommus?.size ?? 0) === 0) return;
    const ours = new Map<Iommu, Behind>();
    const theirs = new Map<string, Behind>();
    const said = new Set<string>();
    const untranslated = new Map<string, Behind[]>();
    for (const one of behindCaptured(plan)) {
      if ("notChecked" in one) yield one;
      else if (one.front.kind !== "iommu") addTo(untranslated, one);
      else yield* compare(plan, one, one.front.iommu, ours, theirs, said);
    }
    for (const [one, ...more] of untranslated.values()) if (one) yield observe(plan, { kind: "none", one, more });
  },
  message(drift) {
    const { node, kernelName } = drift.one;
    if (drift.kind === "none") {
      const nodes = [drift.one, ...drift.more].map((one) => one.node);
      return `the captured kernel has ${describeLabels(nodes)} behind ${kernelName}, but by the description no IOMMU translates ${nodes.length === 1 ? "its" : "their"} DMA`;
    }
    const { other } = drift;
    return drift.kind === "split"
      ? `the captured kernel has ${node.label} and ${other.node.label} behind one IOMMU, ${kernelName}, but by the description they are behind ${frontName(drift.one)} and ${frontName(other)}`
      : `the captured kernel has ${node.label} and ${other.node.label} behind two IOMMUs, ${kernelName} and ${other.kernelName}, but by the description both are behind ${frontName(drift.one)}`;
  },
});

function* behindCaptured(plan: Plan): Generator<Behind | NotChecked> {
  for (const [kernelName, devices] of plan.platform.captured?.iommus ?? []) {
    for (const [index, device] of devices.entries()) {
      const node = capturedFunction(plan, device);
      const front = node && iommuInFront(plan, node);
      if (front?.kind === "unknown") yield notChecked(front.because);
      else if (node && front) yield { node, front, kernelName, index };
    }
  }
}

/** One pair of IOMMUs that do not fit is said once. */
function* compare(
  plan: Plan, one: Behind, iommu: Iommu, ours: Map<Iommu, Behind>, theirs: Map<string, Behind>, said: Set<string>,
): Generator<Observation<Drift>> {
  const { kernelName } = one;
  const ofKernel = theirs.get(kernelName);
  const ofOurs = ours.get(iommu);
  const key = `${kernelName} ${iommu.name}`;
  if (ofKernel && frontName(ofKernel) !== iommu.name && !said.has(key)) yield observe(plan, { kind: "split", one, other: ofKernel });
  else if (ofOurs && ofOurs.kernelName !== kernelName && !said.has(key)) yield observe(plan, { kind: "joined", one, other: ofOurs });
  said.add(key);
  if (!ofKernel) theirs.set(kernelName, one);
  if (!ofOurs) ours.set(iommu, one);
}

function observe(plan: Plan, drift: Drift): Observation<Drift> {
  const { kernelName, index } = drift.one;
  const anchor = plan.platform.captured?.anchor ?? plan.platform.anchor;
  const others = drift.kind === "none" ? drift.more : [drift.other];
  const related = [drift.one, ...others].map(({ node }) => ({ at: entryAnchor(node.function), message: node.label }));
  return { at: under(anchor, "iommus", kernelName, index), data: drift, related };
}

/** Those below one host bridge that the kernel has behind one IOMMU are one finding. */
function addTo(untranslated: Map<string, Behind[]>, one: Behind): void {
  const key = `${one.kernelName} ${one.node.hostBridge.name}`;
  const same = untranslated.get(key);
  if (same) same.push(one);
  else untranslated.set(key, [one]);
}

function frontName({ front }: Behind): string {
  return front.kind === "none" ? "no IOMMU" : front.iommu.name;
}
