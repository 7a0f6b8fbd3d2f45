// Finds the PCI host bridges in AML (DSDT, SSDTs) by what stands there as plain constants: id, segment, first bus, UID,
// and whether firmware wants its boot configuration kept. Knows nothing of the rest of AML, and runs none of it but
// _DSM.
import { evaluateDsm } from "./amlMethod";
import { packageLength } from "./amlMethod";
import type { AcpiTable } from "./table";

/** A host bridge as the AML names it. What is no plain constant there is undefined. */
export interface AmlHostBridge {
  readonly segment: number | undefined;
  readonly firstBus: number | undefined;
  readonly uid: number | undefined;
  /**
   * `_DSM` function 5 gives 0: the operating system keeps the firmware's assignment of PCI resources, and only then
   * does Linux believe the IORT's reserved memory for PCI devices (domain.md 2.7b). Undefined: what it gives cannot be
   * told.
   */
  readonly keepsBootConfiguration: boolean | undefined;
}

interface OpenDevice {
  readonly end: number;
  hid?: string;
  readonly numbers: Map<string, number>;
  /** Names whose values are computed. */
  readonly computed: Set<string>;
  keeps: boolean | undefined;
}

/**
 * The UUID of PCI's `_DSM` in the order of AML's bytes: e5c937d0-3553-4d7a-9117-ea4d19c3434d (PCI firmware
 * specification 3.3, 4.6).
 */
const PCI_UUID: readonly number[] = [
  0xd0, 0x37, 0xc9, 0xe5, 0x53, 0x35, 0x7a, 0x4d, 0x91, 0x17, 0xea, 0x4d, 0x19, 0xc3, 0x43, 0x4d,
];
const KEEP_BOOT_CONFIGURATION = 5;
const HOST_BRIDGE_IDS: readonly string[] = ["PNP0A03", "PNP0A08", "ACPI0016"];
/** EISA ids of PNP0A03 and PNP0A08 as AML stores them. */
const EISA_IDS: ReadonlyMap<number, string> = new Map([
  [0x030ad041, "PNP0A03"],
  [0x080ad041, "PNP0A08"],
]);

/**
 * One pass over the bytes: a DeviceOp whose length fits into the one around it opens a device; Name(_HID, …) and the
 * like belong to the innermost one. Bytes that only look like these are possible in data, and rare: a device counts
 * only with the id of a host bridge.
 */
export function readAmlHostBridges(tables: readonly AcpiTable[]): AmlHostBridge[] {
  const found: OpenDevice[] = [];
  for (const table of tables) scan(codeOf(table), found);
  return found
    .filter((device) => HOST_BRIDGE_IDS.includes(device.hid ?? ""))
    .map((device) => ({
      segment: numberOf(device, "_SEG", 0),
      firstBus: numberOf(device, "_BBN", 0),
      uid: numberOf(device, "_UID", undefined),
      keepsBootConfiguration: device.keeps,
    }));
}

function codeOf({ bytes }: AcpiTable): Uint8Array {
  return Uint8Array.from({ length: bytes.length }, (_, at) => bytes.u8(at, "AML"));
}

function scan(code: Uint8Array, found: OpenDevice[]): void {
  const open: OpenDevice[] = [];
  for (let at = 36; at < code.length; at++) {
    while ((open.at(-1)?.end ?? Infinity) <= at) open.pop();
    const around = open.at(-1);
    if (code[at] === 0x5b && code[at + 1] === 0x82) enterDevice(code, at, around, open, found);
    else if (around && code[at] === 0x08) enterName(code, at, around);
    else if (code[at] === 0x14) enterMethod(code, at, around);
  }
}

function enterDevice(
  code: Uint8Array,
  at: number,
  around: OpenDevice | undefined,
  open: OpenDevice[],
  found: OpenDevice[],
): void {
  const length = packageLength(code, at + 2);
  const end = length && at + 2 + length.value;
  if (!end || end > (around?.end ?? code.length)) return;
  const device: OpenDevice = { end, numbers: new Map(), computed: new Set(), keeps: false };
  open.push(device);
  found.push(device);
}

function enterName(code: Uint8Array, at: number, device: OpenDevice): void {
  const name = nameAt(code, at + 1);
  if (name === "_HID") device.hid = hidAt(code, at + 5) ?? device.hid ?? "";
  const value = ["_SEG", "_BBN", "_UID"].includes(name) ? integerAt(code, at + 5) : undefined;
  if (value !== undefined) device.numbers.set(name, value);
}

function enterMethod(code: Uint8Array, at: number, device: OpenDevice | undefined): void {
  const length = packageLength(code, at + 1);
  if (!length) return;
  const nameStart = at + 1 + length.bytes;
  const name = nameAt(code, nameStart);
  if (device && /^_(SEG|BBN|UID|HID)$/.test(name)) device.computed.add(name);
  const end = at + 1 + length.value;
  if (!device || name !== "_DSM" || end > device.end) return;
  const result = evaluateDsm(code.subarray(nameStart + 5, end), PCI_UUID, KEEP_BOOT_CONFIGURATION);
  device.keeps = result === undefined ? undefined : result === 0n;
}

function numberOf(device: OpenDevice, name: string, otherwise: number | undefined): number | undefined {
  return device.computed.has(name) ? undefined : (device.numbers.get(name) ?? otherwise);
}

function nameAt(code: Uint8Array, at: number): string {
  return String.fromCharCode(...code.subarray(at, at + 4));
}

function hidAt(code: Uint8Array, at: number): string | undefined {
  if (code[at] === 0x0d) return String.fromCharCode(...code.subarray(at + 1, at + 9)).replace(/\0.*$/s, "");
  return EISA_IDS.get(integerAt(code, at) ?? 0);
}

/** Zero, One and the constants of one, two and four bytes. */
function integerAt(code: Uint8Array, at: number): number | undefined {
  const [op = -1, a = 0, b = 0, c = 0, d = 0] = code.subarray(at, at + 5);
  if (op === 0x00 || op === 0x01) return op;
  if (op === 0x0a) return a;
  if (op === 0x0b) return a | (b << 8);
  return op === 0x0c ? (a | (b << 8) | (c << 16) | (d << 24)) >>> 0 : undefined;
}
