// Tells from its content what a text of a capture is, as the path that it would have in one.
// Knows nothing of archives, folders and file names.
import { looksLikeKernelLog } from "./kernelLog";
import { looksLikeLspci } from "./lspci";
import { linesOf } from "./reading";

const RESOURCE = /^ *([0-9a-f]{4,16})-([0-9a-f]{4,16}) : /i;

/** `proc/iomem`, `proc/ioports`, `lspci.txt`, `dmesg.txt` or `uname.txt`; undefined for a text that is none of them. */
export function recognizeText(text: string): string | undefined {
  if (looksLikeLspci(text)) return "lspci.txt";
  if (looksLikeKernelLog(text)) return "dmesg.txt";
  if (/^Linux \S+ \d+\.\d+/.test(text)) return "uname.txt";
  const lines = linesOf(text.slice(0, 1 << 20)).filter((line) => RESOURCE.test(line));
  if (lines.length === 0) return undefined;
  return lines.every(isPort) && lines.some((line) => !isZero(line)) ? "proc/ioports" : "proc/iomem";
}

/** Ports end below 64 Ki, and none of them is memory. */
function isPort(line: string): boolean {
  const last = RESOURCE.exec(line)?.[2] ?? "";
  return last.replace(/^0+/, "").length <= 4 && !/System RAM/.test(line);
}

/** What readers without root get. */
function isZero(line: string): boolean {
  return /^ *0+-0+ /.test(line);
}
