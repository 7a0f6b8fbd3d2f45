// Finds the descriptions and configurations in a folder, whatever file system it is on, and reads them. Knows nothing of who wants them.
import * as vscode from "vscode";
import type { HandedFile } from "../serverProtocol";

/** VS Code's patterns do not nest braces. */
const PATTERNS = ["**/*.{platform,guest,fleet}.{json,jsonc}", "**/platmap.config.{json,jsonc}"];
const NAME = /(?:\.(?:platform|guest|fleet)\.jsonc?|(?:^|\/)platmap\.config\.jsonc?)$/i;
/** As the server has them for a disk: more entries, deeper folders and larger files are not looked at. */
const ENTRY_LIMIT = 20_000;
const DEPTH_LIMIT = 12;
const BYTE_LIMIT = 64 * 1024 * 1024;
/** Questions to a file system that is far away, at a time. */
const AT_ONCE = 16;

/** True for the names of descriptions and configurations. */
export function isOurs({ path }: vscode.Uri): boolean {
  return NAME.test(path);
}

/**
 * VS Code's own search is quick, also over a network. But not every file system has one, and where it has none the search may never end: so the folders are gone
 * through meanwhile, and what finds something first counts.
 */
export async function findFiles(folder: vscode.Uri): Promise<readonly vscode.Uri[]> {
  const cancellation = new vscode.CancellationTokenSource();
  const { token } = cancellation;
  try {
    return await Promise.any([search(folder, token), walk(folder, token)]);
  } finally {
    cancellation.cancel();
  }
}

/** Each with its text, or why it has none; those that are gone meanwhile have neither. Together they are no larger than the limit. */
export async function readFiles(files: readonly vscode.Uri[]): Promise<readonly HandedFile[]> {
  let left = BYTE_LIMIT;
  return eachOf(files, async (uri) => ({ uri: uri.toString(), ...(await readFile(uri, (size) => (left -= size) >= 0)) }));
}

/** @param fits takes the size of what was read, and says whether it is still within the limit */
async function readFile(uri: vscode.Uri, fits: (size: number) => boolean): Promise<{ text?: string; because?: string }> {
  try {
    const bytes = await vscode.workspace.fs.readFile(uri);
    if (!fits(bytes.byteLength)) return { because: "the descriptions of the workspace are larger than 64 MiB together" };
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return { because: "it is not UTF-8 text" };
    if (error instanceof vscode.FileSystemError && ["FileNotFound", "FileIsADirectory"].includes(error.code)) return {};
    return { because: error instanceof Error ? error.message : String(error) };
  }
}

/** Fails when it finds nothing. */
async function search(folder: vscode.Uri, token: vscode.CancellationToken): Promise<readonly vscode.Uri[]> {
  const found = await Promise.all(PATTERNS.map((pattern) => vscode.workspace.findFiles(new vscode.RelativePattern(folder, pattern), "**/node_modules/**", ENTRY_LIMIT, token)));
  if (found.every((files) => files.length === 0)) throw new Error("nothing was found");
  return found.flat();
}

/** Level by level, so that what is nearest is found when there is too much. Links are not followed. */
async function walk(top: vscode.Uri, token: vscode.CancellationToken): Promise<readonly vscode.Uri[]> {
  const found: vscode.Uri[] = [];
  let entries = 0;
  let level: readonly vscode.Uri[] = [top];
  for (let depth = 0; depth <= DEPTH_LIMIT && level.length > 0 && entries < ENTRY_LIMIT; depth += 1) {
    const below: vscode.Uri[] = [];
    await eachOf(level, async (folder) => {
      if (entries >= ENTRY_LIMIT || token.isCancellationRequested) return;
      for (const [name, type] of await entriesOf(folder)) {
        entries += 1;
        const uri = vscode.Uri.joinPath(folder, name);
        if (type === vscode.FileType.File && isOurs(uri)) found.push(uri);
        else if (type === vscode.FileType.Directory && !name.startsWith(".") && name !== "node_modules") below.push(uri);
      }
    });
    level = below;
  }
  return found;
}

async function entriesOf(folder: vscode.Uri): Promise<readonly [string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
}

/** In order, a few at a time. */
async function eachOf<T, R>(all: readonly T[], run: (one: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < all.length; index = next++) results[index] = await run(all[index] as T);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}
