// The command line as a person has it: a folder of its own with real files, and what came out on either stream. Only the process is left out.
// Knows nothing of commands.
import fs from "node:fs";
import path from "node:path";
import type { Host } from "../../server/src/host";
import { run } from "../../server/src/cli/run";
import { nodeHost } from "../../server/src/nodeHost";
import { temporaryFolder } from "../temporaryFolder";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A new folder with these files; `text` of a file may be its bytes. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

export interface Situation {
  readonly color?: boolean;
  readonly width?: number;
  readonly input?: string | Uint8Array;
  /** What of the machine is different. */
  readonly host?: Partial<Host>;
  startLanguageServer?(): void;
}

/** Runs `platmap` with these arguments in that folder. */
export async function platmap(folder: string, args: readonly string[], { color = false, width, input = "", host = {}, startLanguageServer = () => undefined }: Situation = {}): Promise<Ran> {
  const written = { out: "", err: "" };
  const output = { color, width, out: (text: string) => void (written.out += text), err: (text: string) => void (written.err += text) };
  const readStandardInput = (): Uint8Array => (typeof input === "string" ? new TextEncoder().encode(input) : input);
  const code = await run(args, {
    host: { ...nodeHost, workingFolder: folder, readStandardInput, ...host },
    output,
    version: "0.0.0",
    homepage: "https://example.org/platmap",
    startLanguageServer,
  });
  return { code, ...written };
}
