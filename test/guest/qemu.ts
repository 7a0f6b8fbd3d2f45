// Starts QEMU stopped, with arguments as they are emitted, and reads its memory map over the monitor. Knows nothing of what is expected.
import { spawnSync } from "node:child_process";

export interface MemoryTree {
  /** `name base last`, sorted, of everything that QEMU maps; addresses are hexadecimal as QEMU prints them, without leading zeros. */
  readonly regions: ReadonlySet<string>;
  /** What it says instead of starting. */
  readonly complaint: string;
}

/** "7.2": the machine version of the QEMU that is installed. */
export function qemuVersion(program: string): string {
  const { stdout, error } = spawnSync(program, ["--version"], { encoding: "utf8" });
  const version = /version (\d+\.\d+)/.exec(stdout)?.[1];
  if (version === undefined) throw error ?? new Error(`${program} does not tell its version`);
  return version;
}

/** @param command what `platmap plan --emit qemu` prints; a shell takes it, comments and all */
export function memoryTree(command: string, ...further: readonly string[]): MemoryTree {
  const whole = `${command.trimEnd()} ${["-display none", "-nodefaults", "-S", "-monitor stdio", ...further].join(" ")}`;
  const { stdout, stderr } = spawnSync("sh", ["-c", whole], { input: "info mtree\nquit\n", encoding: "utf8", timeout: 30_000 });
  const regions = new Set<string>();
  for (const line of stdout.split("\n")) {
    const found = /^\s+([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, [a-z/]+\): (?:alias )?(\S.*?)(?: @.*)?\r?$/.exec(line);
    if (found) regions.add(`${found[3]} ${trimmed(found[1])} ${trimmed(found[2])}`);
  }
  return { regions, complaint: stderr };
}

function trimmed(hex = ""): string {
  return BigInt(`0x${hex}`).toString(16);
}
