// Tells from its content what a text of a capture is, as the path that it would have in one.
// Knows nothing of archives, folders and file names.
import { GROUP_LISTING_FILE, looksLikeGroupListing } from "./groupListing";
import { looksLikeKernelLog } from "./kernelLog";
import { looksLikeLspci } from "./lspci";
import { linesOf } from "./reading";

const RESOURCE = /^ *([0-9a-f]{4,16})-([0-9a-f]{4,16}) : /i;

/** `proc/iomem`, `proc/ioports`, `lspci.txt`, `dmesg.txt`, `iommu_groups.txt` or `uname.txt`; undefined for a text that is none of them. */
export function recognizeText(text: string): string | undefined {
  if (unfitText(text) !== undefined) return undefined;
  if (looksLikeLspci(text)) return "lspci.txt";
  if (looksLikeKernelLog(text)) return "dmesg.txt";
  if (looksLikeGroupListing(text)) return GROUP_LISTING_FILE;
  if (/^Linux \S+ \d+\.\d+/.test(text)) return "uname.txt";
  const lines = linesOf(text.slice(0, 1 << 20)).filter((line) => RESOURCE.test(line));
  if (lines.length === 0) return undefined;
  return lines.every(isPort) && lines.some((line) => !isZero(line)) ? "proc/ioports" : "proc/iomem";
}

/** Output that people take for what is wanted, and what to run instead. */
const UNFIT: readonly (readonly [is: RegExp, because: string])[] = [
  [
    /^(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] "/im,
    "lspci -mm tells neither registers nor capabilities: run lspci -vvv as root",
  ],
  [
    /^(?:Slot|Device):\t(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/im,
    "lspci -vmm tells neither registers nor capabilities: run lspci -vvv as root",
  ],
  [
    /^ *[-+\\]*-\[[0-9a-f]{4,8}:[0-9a-f]{2}(?:-[0-9a-f]{2})?\]/im,
    "lspci -t tells neither registers nor capabilities, and the tree follows from these: run lspci -vvv as root",
  ],
];

/** Why a text that looks like something useful is of no use; undefined where there is nothing to say. */
export function unfitText(text: string): string | undefined {
  const start = text.slice(0, 64 * 1024);
  return UNFIT.find(([is]) => is.test(start))?.[1];
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
