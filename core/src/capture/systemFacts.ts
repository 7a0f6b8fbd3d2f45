// Reads the small files that say what the machine and its kernel are: uname, /proc/cmdline, /proc/cpuinfo, the page
// size, the kernel's configuration. Knows nothing of memory, PCI or IOMMUs.
import type { CaptureFiles } from "./captureFiles";
import type { Resource } from "./iomem";
import type { KernelLog } from "./kernelLog";
import type { FunctionFacts } from "./pciFunctionFacts";

export interface SystemFacts {
  readonly arch?: "arm64" | "x86_64" | "riscv64" | "loongarch64";
  /** The kernel's release: `6.12.107+deb13-amd64`. */
  readonly release?: string;
  readonly commandLine?: string;
  readonly pageSize?: bigint;
  readonly physicalAddressBits?: number;
  /** What booted the kernel, where it can be told. */
  readonly firmware?: "efi" | "e820" | "device-tree";
}

const MACHINES: Readonly<Record<string, NonNullable<SystemFacts["arch"]>>> = {
  x86_64: "x86_64",
  aarch64: "arm64",
  riscv64: "riscv64",
  loongarch64: "loongarch64",
};

/**
 * What the files say, completed from the kernel's log, the names of its resources and what the MADT's processors are
 * (`tablesArch`), and last from what `functions` are of one architecture alone. Every x86_64 kernel has pages of 4 KiB.
 */
export function readSystemFacts(
  files: CaptureFiles,
  log: KernelLog | undefined,
  resources: readonly Resource[],
  tablesArch: SystemFacts["arch"],
  functions: Iterable<FunctionFacts>,
): SystemFacts {
  const uname = files.text("uname.txt") ?? "";
  const version = files.text("proc/version") ?? "";
  const arch =
    Object.entries(MACHINES).find(([machine]) => uname.split(/\s+/).includes(machine))?.[1] ??
    log?.machine ??
    archOf(resources) ??
    tablesArch ??
    archOfFunctions(functions);
  const release =
    /^Linux \S+ (\d+\.\d+\S*)/.exec(uname)?.[1] ?? /^Linux version (\S+)/.exec(version)?.[1] ?? log?.release;
  const commandLine = files.text("proc/cmdline")?.trim() ?? log?.commandLine;
  const pageSize = readPageSize(files) ?? log?.pageSize ?? (arch === "x86_64" ? 4096n : undefined);
  const bits = /^address sizes\s*: (\d{1,2}) bits physical/m.exec(files.text("proc/cpuinfo") ?? "")?.[1];
  return {
    ...(arch && { arch }),
    ...(release && { release }),
    ...(commandLine && { commandLine }),
    ...(pageSize && { pageSize }),
    ...(bits && { physicalAddressBits: Number(bits) }),
    ...firmwareOf(files, log, arch),
  };
}

/**
 * On x86 the kernel keeps the E820 form even when UEFI gave the map. An ACPI machine may carry a stub of a device tree.
 */
function firmwareOf(
  files: CaptureFiles,
  log: KernelLog | undefined,
  arch: SystemFacts["arch"],
): Pick<SystemFacts, "firmware"> {
  if (arch === "x86_64") return { firmware: "e820" };
  if (files.has("sys/firmware/efi") || log?.efi) return { firmware: "efi" };
  const tree = log?.deviceTree || (files.has("sys/firmware/fdt") && !files.has("sys/firmware/acpi"));
  return tree ? { firmware: "device-tree" } : {};
}

/** Resources that only one architecture has. */
function archOf(resources: readonly Resource[]): SystemFacts["arch"] {
  const names = resources.flatMap((resource) => [resource.name, ...resource.children.map((child) => child.name)]);
  if (names.some((name) => /^(Local APIC|IOAPIC \d+|HPET \d+|dmar\d+|PCI conf1)$/.test(name))) return "x86_64";
  return names.some((name) => /^GIC[DR]$/.test(name)) ? "arm64" : undefined;
}

/** Intel's host bridges and AMD's IOMMUs are of PCs alone; AMD's host bridges are of an Arm server too. */
function archOfFunctions(functions: Iterable<FunctionFacts>): SystemFacts["arch"] {
  for (const { id, class: code } of functions) {
    if (id.startsWith("8086:") && code.startsWith("0600")) return "x86_64";
    if (id.startsWith("1022:") && code.startsWith("0806")) return "x86_64";
  }
  return undefined;
}

function readPageSize(files: CaptureFiles): bigint | undefined {
  const shown = /^(4096|16384|65536)$/.exec(files.text("pagesize.txt")?.trim() ?? "")?.[1];
  if (shown) return BigInt(shown);
  const built = /^CONFIG_(?:ARM64_|PAGE_SIZE_)(4|16|64)K(?:_PAGES|B)=y$/m.exec(
    files.text("kernel-config.txt") ?? "",
  )?.[1];
  return built ? BigInt(built) * 1024n : undefined;
}
