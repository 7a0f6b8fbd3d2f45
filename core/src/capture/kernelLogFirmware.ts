// Reads the lines in which the kernel's log prints the firmware's memory map: E820 and EFI.
// Knows nothing of the rest of the log.
import type { FirmwareRange } from "./firmwareMap";
import { parseHex, parseHexRange } from "./reading";

/** `BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable`: both ends inclusive (domain.md 7.2). */
export function readE820Line(line: string): FirmwareRange | undefined {
  const parts = /BIOS-e820: \[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\] (.+)$/i.exec(line);
  const range = parts && parseHexRange(parts[1], parts[2]);
  return range ? { ...range, type: (parts[3] ?? "").trim(), source: "e820" } : undefined;
}

/**
 * `efi: mem00: [Conventional Memory|…] range=[0x0-0x1000) (0MB)`, and arm64's `efi:   0x000040000000-0x00004007ffff
 * [Loader Data|…]`. Old kernels print the end half-open and newer ones inclusive; descriptors are whole pages
 * (domain.md 7.1), so the end tells which.
 */
export function readEfiLine(line: string): FirmwareRange | undefined {
  const x86 = /efi: +mem\d+: \[([^|\]]+)[^\]]*\] range=\[(0x[0-9a-f]+)-(0x[0-9a-f]+)[)\]]/i.exec(line);
  if (x86) return efiRange(x86[1] ?? "", x86[2] ?? "", x86[3] ?? "");
  const arm = /efi: +(0x[0-9a-f]+)-(0x[0-9a-f]+) \[([^|\]]+)/i.exec(line);
  return arm ? efiRange(arm[3] ?? "", arm[1] ?? "", arm[2] ?? "") : undefined;
}

function efiRange(type: string, first: string, end: string): FirmwareRange | undefined {
  const [base, limit] = [parseHex(first), parseHex(end)];
  if (base === undefined || limit === undefined) return undefined;
  const last = (limit & 0xfffn) === 0xfffn ? limit : limit - 1n;
  return last >= base ? { base, last, type: type.trim(), source: "efi" } : undefined;
}
