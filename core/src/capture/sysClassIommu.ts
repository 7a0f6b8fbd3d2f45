// Reads sys/class/iommu and the IOMMUs' folders: which IOMMUs the kernel drives, and for which devices.
// Knows nothing of groups.
import type { CaptureFiles } from "./captureFiles";
import type { Reading } from "./reading";
import { parsePciAddress } from "../pciAddress";

/** The language's words (language.md, `iommus[].type`). */
export type IommuType = "smmuv1" | "smmuv2" | "smmuv3" | "vt-d" | "amd-vi" | "virtio-iommu" | "riscv-iommu" | "dart";

export interface CapturedIommu {
  /** The kernel's name: `dmar0`, `smmu3.0x0000000009050000`, `ivhd0`, `0000:00:03.0`. */
  readonly name: string;
  /** Undefined: the name tells nothing. */
  readonly type: IommuType | undefined;
  /** First byte of the registers, where the name tells. Physical. */
  readonly base: bigint | undefined;
  /** Where it is a PCI function itself. */
  readonly at: string | undefined;
  readonly devices: readonly string[];
}

/** Names by which the drivers enter their units (iommu_device_sysfs_add in each driver). */
const TYPES_BY_NAME: readonly (readonly [name: RegExp, type: IommuType])[] = [
  [/^dmar\d+$/, "vt-d"],
  [/^ivhd\d+$/, "amd-vi"],
  [/^smmu3\./, "smmuv3"],
  [/^smmu\./, "smmuv2"],
  [/^riscv-iommu/, "riscv-iommu"],
  [/^apple-dart/, "dart"],
];

/** The IOMMUs in the order of their names. */
export function readSysClassIommu(files: CaptureFiles): Reading<CapturedIommu[]> {
  const names = new Set([...files.names("sys/class/iommu"), ...files.names("sys/devices/virtual/iommu")]);
  return { facts: [...names].sort(byName).map((name) => readIommu(files, name)), unread: [] };
}

function readIommu(files: CaptureFiles, name: string): CapturedIommu {
  const link = files.target(`sys/class/iommu/${name}`) ?? "";
  const above = link.replace(/\/iommu\/[^/]*$/, "").split("/");
  const virtio = /^virtio\d+$/.test(above.at(-1) ?? "");
  const at =
    [...above].reverse().find((part) => parsePciAddress(part) !== undefined) ??
    (parsePciAddress(name) ? name : undefined);
  const base = /\.0x([0-9a-f]{1,16})$/i.exec(name)?.[1];
  const devices = [`sys/devices/virtual/iommu/${name}/devices`, `sys/class/iommu/${name}/devices`].find(
    (folder) => files.names(folder).length > 0,
  );
  return {
    name,
    type:
      TYPES_BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ??
      (virtio || parsePciAddress(name) ? "virtio-iommu" : undefined),
    base: base === undefined ? undefined : BigInt(`0x${base}`),
    at,
    devices: devices === undefined ? [] : files.names(devices),
  };
}

function byName(a: string, b: string): number {
  const [numberOfA, numberOfB] = [Number(/\d+$/.exec(a)?.[0]), Number(/\d+$/.exec(b)?.[0])];
  const sameStem = a.replace(/\d+$/, "") === b.replace(/\d+$/, "");
  if (sameStem && numberOfA !== numberOfB) return numberOfA - numberOfB;
  return a < b ? -1 : a > b ? 1 : 0;
}
