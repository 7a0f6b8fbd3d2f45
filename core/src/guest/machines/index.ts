// The known machines by name. Names are a family, a version and an architecture, of which the last two may be left out; any version of a known family is
// taken. Knows nothing of guests.
import { cloudHypervisor } from "./cloudHypervisor";
import { crosvm } from "./crosvm";
import { firecracker } from "./firecracker";
import { kvmtool } from "./kvmtool";
import type { Architecture, Machine } from "./machine";
import { qemuQ35 } from "./qemuQ35";
import { qemuVirt } from "./qemuVirt";

interface Family {
  readonly name: string;
  /** Other names that people and the machines' own programs use. */
  readonly aliases: readonly string[];
  /** The first is meant where nobody says. */
  readonly architectures: readonly [Architecture, ...Architecture[]];
  make(version: readonly number[] | undefined, arch: Architecture): Machine;
}

const FAMILIES: readonly Family[] = [
  { name: "qemu-virt", aliases: ["virt"], architectures: ["arm64"], make: (version) => qemuVirt(version) },
  { name: "qemu-q35", aliases: ["q35", "pc-q35", "qemu-pc-q35"], architectures: ["x86_64"], make: (version) => qemuQ35(version) },
  { name: "cloud-hypervisor", aliases: [], architectures: ["x86_64", "arm64", "riscv64"], make: (_, arch) => cloudHypervisor(arch) },
  { name: "crosvm", aliases: [], architectures: ["x86_64", "arm64"], make: (_, arch) => crosvm(arch) },
  { name: "firecracker", aliases: [], architectures: ["x86_64", "arm64"], make: (_, arch) => firecracker(arch) },
  { name: "kvmtool", aliases: [], architectures: ["arm64", "x86_64"], make: (_, arch) => kvmtool(arch) },
];

const ARCHITECTURE_WORDS: ReadonlyMap<string, Architecture> = new Map([
  ["arm64", "arm64"], ["aarch64", "arm64"], ["x86_64", "x86_64"], ["x86", "x86_64"], ["amd64", "x86_64"], ["riscv64", "riscv64"], ["loongarch64", "loongarch64"],
]);

/** The names of the families. */
export const machineFamilies: readonly string[] = FAMILIES.map((family) => family.name);

/** A machine, or why a name means none: `family` is not known, or it does not exist for that architecture. */
export type MachineLookup =
  | { readonly machine: Machine }
  | { readonly unknown: "family"; readonly family: string }
  | { readonly unknown: "architecture"; readonly family: string; readonly arch: Architecture; readonly architectures: readonly Architecture[] };

/**
 * The machine of a name such as `qemu-virt-10.1` or `cloud-hypervisor-arm64`.
 * @param fallback the architecture where the name has none: the guest's or its hosts'. One that the family does not have is not taken.
 */
export function findMachine(name: string, fallback?: Architecture): MachineLookup {
  const { family: wanted, version, arch } = splitName(name);
  const family = FAMILIES.find((one) => one.name === wanted || one.aliases.includes(wanted));
  if (!family) return { unknown: "family", family: wanted };
  if (arch !== undefined && !family.architectures.includes(arch)) return { unknown: "architecture", family: family.name, arch, architectures: family.architectures };
  const usual = fallback !== undefined && family.architectures.includes(fallback) ? fallback : family.architectures[0];
  return { machine: family.make(version, arch ?? usual) };
}

/** Version and architecture may come in either order behind the family. */
function splitName(name: string): { family: string; version: readonly number[] | undefined; arch: Architecture | undefined } {
  const family: string[] = [];
  let version: readonly number[] | undefined;
  let arch: Architecture | undefined;
  for (const part of name.toLowerCase().split("-")) {
    const word = ARCHITECTURE_WORDS.get(part);
    if (word !== undefined) arch = word;
    else if (/^v?\d+(\.\d+)*$/.test(part)) version = part.replace("v", "").split(".").map(Number);
    else family.push(part);
  }
  return { family: family.join("-"), version, arch };
}
