// A reservation of the device tree that the captured EFI memory map does not hold, or holds with another type.
// Knows nothing of E820, nor of reservations that are placed at boot.
import type { AddressRange } from "../address";
import { overlaps } from "../address";
import { under } from "../anchor";
import type { Related } from "../finding";
import { perPlan } from "../plan/perPlan";
import type { Plan } from "../plan/plan";
import { RangeSet } from "../plan/rangeSet";
import type { Captured, Reservation } from "../platform";
import { printRange, printRangeAndSize } from "../print";
import { defineRule } from "../rule";

type FirmwareEntry = NonNullable<Captured["firmwareMap"]>[number];

interface Unlike {
  readonly reservation: Reservation;
  readonly missing: AddressRange<"pa">;
  /** What the map says of the missing part; absent where it says nothing. */
  readonly entry: FirmwareEntry | undefined;
}

/** The kernel's word and the specification's for types 0 and 4. */
const RESERVED = /^(reserved|efi ?reserved ?memory ?type)$/i;
const BOOT_DATA = /^(boot( services)? data|efi ?boot ?services ?data)$/i;
/** A map that holds these is the whole map, not only what stays after boot. */
const OF_BOOT = /^(conventional|loader|boot|efi ?(conventional|loader|boot))/i;

export const reservationUnlikeFirmwareMap = defineRule<Unlike>({
  id: "reservation-unlike-firmware-map",
  catalogue: "MAP023",
  severity: "error",
  since: "0.1.0",
  summary: "A reservation of the device tree is not in the EFI memory map, or has another type there.",
  why: `On a machine that boots through UEFI both the device tree and the EFI memory map say what is memory, and until the operating system runs only the map counts:
boot loaders and UEFI applications allocate by it. A reservation that is missing there may be overwritten before the kernel reads the device tree.

What must not be mapped (\`noMap\`) is \`Reserved\` in the map; every other static reservation is \`Boot Data\`. Firmware has to add or retag the
descriptor; there is nothing to mend in the description. A captured map that holds only what stays after boot is not looked at, nor is a reservation whose
\`origin\` is not \`reserved-memory\`.`,
  sources: ["Devicetree specification, /reserved-memory and UEFI", "domain.md 7.3"],
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [
    { "name": "optee", "base": "0xf000_0000", "size": "16M", "type": "secure", "noMap": true, "origin": "reserved-memory" },
    //                         ^^^^^^^^^^^^^ error: optee must not be mapped, but the EFI map says of 0xf000_0000-0xf0ff_ffff (16 MiB) that it is "Conventional", where "Reserved" is needed
    { "name": "ramoops", "base": "0xb000_0000", "size": "1M", "type": "crash-log", "origin": "reserved-memory" },
    //                           ^^^^^^^^^^^^^ error: the EFI map says nothing of 0xb000_0000-0xb00f_ffff (1 MiB), which ramoops reserves: "Boot Data" is needed there
  ],
  "captured": {
    "firmwareMap": [
      { "range": "0x8000_0000-0xafff_ffff", "type": "Conventional", "source": "efi" },
      { "range": "0xb010_0000-0xffff_ffff", "type": "Conventional", "source": "efi" },
      //         ~~~~~~~~~~~~~~~~~~~~~~~~~ Conventional 0xb010_0000-0xffff_ffff
    ],
  },
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [
    { "name": "optee", "base": "0xf000_0000", "size": "16M", "type": "secure", "noMap": true, "origin": "reserved-memory" },
    { "name": "ramoops", "base": "0xb000_0000", "size": "1M", "type": "crash-log", "origin": "reserved-memory" },
    { "name": "cma", "size": "64M", "type": "dma-pool", "reusable": true, "origin": "reserved-memory" },
    { "name": "log", "base": "0xc000_0000", "size": "64K", "type": "crash-log", "origin": "board" },
  ],
  "captured": {
    "firmwareMap": [
      { "range": "0x8000_0000-0xafff_ffff", "type": "Conventional", "source": "efi" },
      { "range": "0xb000_0000-0xb00f_ffff", "type": "Boot Data", "source": "efi" },
      { "range": "0xb010_0000-0xefff_ffff", "type": "Conventional", "source": "efi" },
      { "range": "0xf000_0000-0xf0ff_ffff", "type": "Reserved", "source": "efi" },
      { "range": "0xf100_0000-0xffff_ffff", "type": "Conventional", "source": "efi" },
    ],
  },
}`,
    `// Only what stays after boot was captured.
{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "reserved": [{ "name": "ramoops", "base": "0xb000_0000", "size": "1M", "type": "crash-log", "origin": "reserved-memory" }],
  "captured": { "firmwareMap": [{ "range": "0xffe0_0000-0xffff_ffff", "type": "Runtime Data", "source": "efi" }] },
}`,
  ],
  *check(plan) {
    const map = efiMap(plan);
    if (!map) return;
    for (const reservation of plan.platform.reserved ?? []) {
      const { extent, origin, disabled, noMap } = reservation;
      if (!extent || origin !== "reserved-memory" || disabled === true) continue;
      const right = noMap === true ? map.reserved : map.bootData;
      const missing = extent.ranges.flatMap((range) => right.missingIn(range))[0];
      if (!missing) continue;
      const entry = map.entries.find((one) => overlaps(one.range, missing));
      yield { at: extent.at, data: { reservation, missing, entry }, related: relatedOf(entry) };
    }
  },
  message: ({ reservation: { name, noMap }, missing, entry }) => {
    const needed = noMap === true ? "Reserved" : "Boot Data";
    const where = printRangeAndSize(missing);
    if (!entry) return `the EFI map says nothing of ${where}, which ${name} reserves: "${needed}" is needed there`;
    return `${name} must not be ${noMap === true ? "mapped" : "overwritten"}, but the EFI map says of ${where} that it is "${entry.type}", where "${needed}" is needed`;
  },
});

function relatedOf(entry: FirmwareEntry | undefined): Related[] {
  return entry ? [{ at: under(entry.anchor, "range"), message: `${entry.type} ${printRange(entry.range)}` }] : [];
}

/** Undefined where no whole EFI map was captured. */
const efiMap = perPlan((plan: Plan) => {
  const entries = (plan.platform.captured?.firmwareMap ?? []).filter((one) => one.source === "efi");
  if (!entries.some((one) => OF_BOOT.test(one.type))) return undefined;
  const ofType = (pattern: RegExp) => new RangeSet(entries.filter((one) => pattern.test(one.type)).map((one) => one.range));
  return { entries, reserved: ofType(RESERVED), bootData: ofType(BOOT_DATA) };
});
