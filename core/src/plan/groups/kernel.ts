// Linux kernels as far as IOMMU groups differ between them, as data. Knows nothing of functions and groups.

/** A release: 6.12 of `6.12.107+deb13-amd64`. */
export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
}

/** Kernels whose groups were compared with this computation, on many machines (domain.md 2.7b). */
export const OBSERVED_KERNELS: readonly KernelVersion[] = [
  { major: 6, minor: 12 },
  { major: 7, minor: 2 },
];

export const NEWEST_KNOWN_KERNEL: KernelVersion = { major: 7, minor: 2 };

/** What came with which release. */
export const KERNEL_CHANGES = {
  /**
   * Behind an SMMU or a virtio-iommu every function gets its group when it is found; before, when a driver took it
   * (domain.md 2.7b: "or so").
   */
  groupsWithoutDriver: { major: 6, minor: 15 },
  /** The IOMMU core refuses to give a guest what has a `direct` region (require_direct); before, Intel's driver alone did. */
  directRefused: { major: 6, minor: 6 },
  /** The range of HyperTransport is no longer kept free where AMD's IOMMU translates it (amd_iommu_ht_range_ignore). */
  hyperTransportTranslated: { major: 6, minor: 16 },
  /** `pci=config_acs=` sets single ACS bits of a function (domain.md 2.5). */
  configAcs: { major: 6, minor: 11 },
} as const satisfies Readonly<Record<string, KernelVersion>>;

/** Reads `6.12`, `6.12.107+deb13-amd64`; undefined for what does not begin with two numbers. */
export function parseKernelVersion(text: string): KernelVersion | undefined {
  const parts = /^v?(\d{1,3})\.(\d{1,3})(?:[^\d].*)?$/s.exec(text.trim());
  return parts ? { major: Number(parts[1]), minor: Number(parts[2]) } : undefined;
}

export function isAtLeast(kernel: KernelVersion, first: KernelVersion): boolean {
  return kernel.major !== first.major ? kernel.major > first.major : kernel.minor >= first.minor;
}

/** `6.12`. */
export function printKernelVersion({ major, minor }: KernelVersion): string {
  return `${major}.${minor}`;
}

export function isObserved(kernel: KernelVersion): boolean {
  return OBSERVED_KERNELS.some((one) => one.major === kernel.major && one.minor === kernel.minor);
}

/** The rows of a table that a kernel has: those that came with it or before. */
export function rowsIn<Row extends { readonly since?: string }>(
  rows: readonly Row[],
  kernel: KernelVersion,
): readonly Row[] {
  return rows.filter(({ since }) => {
    const first = since === undefined ? undefined : parseKernelVersion(since);
    return first === undefined || isAtLeast(kernel, first);
  });
}
