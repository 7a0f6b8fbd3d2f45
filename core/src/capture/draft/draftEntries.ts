// The sections of a draft's physical map besides memory: devices, reservations, doorbells and IOMMUs, an entry a line.
// Knows nothing of how they were found and named.
import { printShortPciAddress, parsePciAddress } from "../../pciAddress";
import type { CapturedRange } from "../reading";
import { same } from "../reading";
import type { DraftItem } from "./draft";
import { list, listUnlessEmpty, record } from "./draft";
import type { IommuUnit } from "./iommuUnits";
import type { Occupant } from "./layout";
import type { NamedEntries } from "./nameEntries";
import { inclusive, placeOf } from "./places";
import { scopeFields } from "./tableMappings";

/** Linux's place for the software-chosen MSI window of Arm's SMMUs (domain.md 1.4). */
const SOFTWARE_MSI_BASE = 0x800_0000n;

/** IOMMUs that may remap interrupts: whether one does stands in its tables or in the kernel's log. */
const CAN_REMAP: ReadonlySet<string> = new Set(["vt-d", "amd-vi"]);

export function draftDevices(named: NamedEntries): DraftItem[] {
  return named.devices.map(({ name, device, in: inside }) => ({
    value: record({ name, ...placeOf(device), in: inside }, labelNote(device, name)),
  }));
}

export function draftReserved(named: NamedEntries): DraftItem[] {
  return named.reserved.map(({ name, entry, in: inside }) => ({
    value: record(
      {
        name,
        ...(entry.ranges.length > 1 ? { ranges: list(entry.ranges.map(inclusive)) } : placeOf(entry.ranges[0])),
        type: entry.type,
        noMap: entry.noMap || undefined,
        reusable: entry.reusable || undefined,
        origin: entry.origin,
        in: inside,
      },
      entry.note,
    ),
  }));
}

export function draftDoorbells(named: NamedEntries): DraftItem[] {
  return named.doorbells.map(({ name, doorbell, in: inside }) => ({
    value: record({ name, type: doorbell.type, ...placeOf(doorbell), in: inside }),
  }));
}

export function draftIommus(named: NamedEntries): DraftItem[] {
  return named.units.map(({ name, unit, in: inside }) => {
    const at = parsePciAddress(unit.at ?? "");
    return {
      value: record(
        {
          name,
          type: unit.type,
          ...(unit.place && placeOf(unit.place)),
          at: at && (at.segment ? unit.at : printShortPciAddress(at)),
          inputBits: unit.inputBits,
          outputBits: unit.outputBits,
          interruptRemapping: unit.interruptRemapping ?? (CAN_REMAP.has(unit.type) ? "unknown" : undefined),
          translatesHyperTransport: unit.translatesHyperTransport,
          in: inside,
          ...withReserved(msiOf(unit), unit),
        },
        unit.kernelName && unit.kernelName !== name ? `the kernel's ${unit.kernelName}` : "",
      ),
      comment: unit.notes ?? [],
    };
  });
}

/**
 * On Arm the kernel chooses the window itself; what another IOMMU reports is fixed. On x86 it is the architecture's and
 * needs no words.
 */
function msiOf(unit: IommuUnit): Parameters<typeof record>[0] {
  const [only, ...more] = unit.msi;
  if (!only || unit.type === "vt-d" || unit.type === "amd-vi") return {};
  const software = unit.type.startsWith("smmu") && more.length === 0 && only.base === SOFTWARE_MSI_BASE;
  if (software) return { msiWindow: record({ ...placeOf(only), programmable: true }) };
  return {
    reserved: listUnlessEmpty(
      unit.msi.map((region: CapturedRange) => record({ range: inclusive(region), type: "msi" })),
    ),
  };
}

/** With what the firmware's tables reserve; what a table calls MSIs replaces nothing that the kernel reported. */
function withReserved(msi: ReturnType<typeof msiOf>, unit: IommuUnit): ReturnType<typeof msiOf> {
  const known = msi["reserved"];
  const reported = typeof known === "object" && known.kind === "list" ? known.items : [];
  const added = (unit.reserved ?? [])
    .filter((region) => !(region.type === "msi" && unit.msi.some((one) => same(one, region))))
    .map((region) => {
      const scope = scopeFields(region.scope, 0);
      return { value: record({ range: inclusive(region), type: region.type, ...scope }, region.note) };
    });
  return added.length === 0 ? msi : { ...msi, reserved: { kind: "list", items: [...reported, ...added] } };
}

/** What the kernel calls it, where the name and the address do not say it already. */
function labelNote(device: Occupant, name: string): string {
  const { label } = device;
  const said = [name, `${name}@${device.base.toString(16)}`];
  return said.includes(label.toLowerCase().replaceAll(" ", "")) ? "" : label;
}
