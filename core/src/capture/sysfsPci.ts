// Reads sys/bus/pci/devices: configuration space, the `resource` file, ids, driver and place in the tree of every
// function. Knows nothing of what the functions make together.
import type { CaptureFiles } from "./captureFiles";
import { lastPart } from "./captureFiles";
import { readConfigSpace } from "./configSpace";
import type { FunctionFacts } from "./pciFunctionFacts";
import { UNKNOWN_FUNCTION, completeFunction } from "./pciFunctionFacts";
import { parsePciAddress, printPciAddress } from "../pciAddress";
import type { Reading, Unread } from "./reading";
import type { SysfsResource } from "./sysfsResource";
import { barsOf, readResource, windowsOf } from "./sysfsResource";

const FOLDER = "sys/bus/pci/devices";

/** Every function in sysfs, by its full address. */
export function readSysfsPci(files: CaptureFiles): Reading<Map<string, FunctionFacts>> {
  const unread: Unread[] = [];
  const functions = new Map<string, FunctionFacts>();
  for (const name of files.names(FOLDER)) {
    const at = parsePciAddress(name);
    if (!at) unread.push({ where: `${FOLDER}/${name}`, because: "not the name of a PCI function" });
    else if (files.names(`${FOLDER}/${name}`).length > 0)
      functions.set(printPciAddress(at), readFunction(files, `${FOLDER}/${name}`, unread));
  }
  return { facts: functions, unread };
}

/** Where the kernel's device links put each function: its bridge's address, or the root bus (`pci0000:40`). */
export function readParents(files: CaptureFiles): Map<string, string> {
  const parents = new Map<string, string>();
  for (const path of files.paths()) {
    const parts = (files.target(path) ?? "").split("/");
    parts.forEach((part, index) => {
      const parent = parts[index - 1] ?? "";
      if (parsePciAddress(part) && (parsePciAddress(parent) || /^pci[0-9a-f]{4,8}:[0-9a-f]{2}$/.test(parent)))
        parents.set(part, parent);
    });
  }
  return parents;
}

function readFunction(files: CaptureFiles, folder: string, unread: Unread[]): FunctionFacts {
  const config = files.bytes(`${folder}/config`);
  const registers = config && config.length > 0 ? readConfigSpace(config, `${folder}/config`) : undefined;
  unread.push(...(registers?.unread ?? [{ where: `${folder}/config`, because: "not in the capture" }]));
  const resource = files.text(`${folder}/resource`);
  const resources = resource === undefined ? undefined : readResource(resource, `${folder}/resource`);
  unread.push(...(resources?.unread ?? []));
  return assemble(registers?.facts ?? UNKNOWN_FUNCTION, resources?.facts, readAttributes(files, folder));
}

function assemble(
  registers: FunctionFacts,
  resources: readonly SysfsResource[] | undefined,
  attributes: Partial<FunctionFacts>,
): FunctionFacts {
  const facts = completeFunction({ ...UNKNOWN_FUNCTION, ...attributes }, registers);
  if (!resources) return facts;
  const windows = facts.windows === "unknown" ? windowsOf(resources) : facts.windows;
  return {
    ...facts,
    windows: facts.bridge === false ? [] : windows,
    bars: barsOf(resources, registers.bars, registers.sriov),
  };
}

/** What the kernel remembers itself, even while the function sleeps. */
function readAttributes(files: CaptureFiles, folder: string): Partial<FunctionFacts> {
  const [vendor, device, code] = [
    hexOf(files, `${folder}/vendor`, 4),
    hexOf(files, `${folder}/device`, 4),
    hexOf(files, `${folder}/class`, 6),
  ];
  const driver = files.target(`${folder}/driver`);
  const group = files.target(`${folder}/iommu_group`);
  const node = files.text(`${folder}/numa_node`)?.trim();
  return {
    ...(vendor && device && { id: `${vendor}:${device}` }),
    ...(code && { class: code, bridge: code.startsWith("0604") || code.startsWith("0609") }),
    ...(driver && { driver: lastPart(driver) }),
    ...(group && /^\d+$/.test(lastPart(group)) && { group: Number(lastPart(group)) }),
    ...(node && /^\d{1,4}$/.test(node) && { node: Number(node) }),
    ...(files.target(`${folder}/physfn`) && { virtual: true }),
  };
}

function hexOf(files: CaptureFiles, path: string, digits: number): string | undefined {
  const parts = /^0x([0-9a-f]{4,6})$/i.exec((files.text(path) ?? "").trim());
  return parts && (parts[1] ?? "").length === digits ? (parts[1] ?? "").toLowerCase() : undefined;
}
