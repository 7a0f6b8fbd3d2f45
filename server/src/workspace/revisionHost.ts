// The files of a git revision as a host: everything that reads files from a disk reads the same files as they were. Asks git's plumbing only, which runs
// nothing that a repository's configuration names. Knows nothing of what the files say.
import path from "node:path";
import type { Host } from "../host";
import { INPUT_LIMIT, tooLarge } from "../host";

/** What git says when it cannot give an answer, for people. */
export class GitError extends Error {}

/** No name of a branch or tag is longer: it is a path. */
const REVISION_LIMIT = 4096;

interface TreeEntry {
  readonly mode: string;
  readonly object: string;
}

/**
 * The host with the files of `revision` in place of those on the disk. Paths outside the repository lead nowhere. Throws GitError when git is not there, the
 * folder is in no repository, or there is no such revision.
 */
export function revisionHost(host: Host, revision: string, folder: string = host.workingFolder): Host {
  const root = path.resolve(git(host, folder, ["rev-parse", "--show-toplevel"]).trim());
  return new RevisionFiles(host, root, commitAt(host, revision, folder)).host;
}

/** The commit that a revision means at this moment. Throws as `revisionHost` does. */
export function commitAt(host: Host, revision: string, folder: string): string {
  git(host, folder, ["rev-parse", "--git-dir"]);
  // No program can be given such an argument.
  if (revision.includes("\0") || revision.length > REVISION_LIMIT) throw new GitError(`there is no revision ${revision.slice(0, 100)}`);
  return git(host, folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`], `there is no revision ${revision}`).trim();
}

class RevisionFiles {
  private known: { readonly files: ReadonlyMap<string, TreeEntry>; readonly folders: ReadonlyMap<string, ReadonlySet<string>> } | undefined;

  constructor(
    private readonly disk: Host,
    private readonly root: string,
    private readonly commit: string,
  ) {}

  get host(): Host {
    return {
      ...this.disk,
      kindOf: (file) => this.kindOf(file),
      stateOf: (file) => this.fileAt(file)?.object,
      readFile: (file, atMost) => this.readFile(file, atMost),
      listFolder: (folder) => this.listFolder(folder),
      linkTarget: (file) => new TextDecoder().decode(this.readFile(file)),
      writeFile: (file) => {
        throw new Error(`${file} is a file of the past, and cannot be written`);
      },
    };
  }

  private kindOf(file: string): ReturnType<Host["kindOf"]> {
    const entry = this.fileAt(file);
    if (entry) return entry.mode === "120000" ? "link" : entry.mode === "160000" ? "other" : "file";
    return this.tree.folders.has(this.inTree(file)) ? "folder" : isRepository(file, this.root) ? "folder" : undefined;
  }

  private readFile(file: string, atMost = INPUT_LIMIT): Uint8Array {
    const entry = this.fileAt(file);
    if (!entry) throw new Error("it is not there in that revision");
    const bytes = gitBytes(this.disk, this.root, ["cat-file", "blob", entry.object]);
    if (bytes.length > atMost) throw tooLarge(atMost);
    return bytes;
  }

  private listFolder(folder: string): string[] {
    return [...(this.tree.folders.get(this.inTree(folder)) ?? [])].sort();
  }

  private fileAt(file: string): TreeEntry | undefined {
    return this.tree.files.get(this.inTree(file));
  }

  /** The path in the revision, with forward slashes; "" is its top folder. What lies outside begins with "..". */
  private inTree(file: string): string {
    return path.relative(this.root, file).replaceAll("\\", "/");
  }

  private get tree(): NonNullable<RevisionFiles["known"]> {
    return (this.known ??= readTree(git(this.disk, this.root, ["ls-tree", "-r", "-z", "--full-tree", this.commit])));
  }
}

/** What searches upward for the repository finds it where it is. */
function isRepository(file: string, root: string): boolean {
  return file === path.join(root, ".git");
}

function readTree(listing: string): { files: Map<string, TreeEntry>; folders: Map<string, Set<string>> } {
  const files = new Map<string, TreeEntry>();
  const folders = new Map<string, Set<string>>([["", new Set()]]);
  for (const line of listing.split("\0")) {
    const parts = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line);
    if (!parts) continue;
    const [, mode = "", object = "", file = ""] = parts;
    files.set(file, { mode, object });
    enter(folders, file);
  }
  return { files, folders };
}

function enter(folders: Map<string, Set<string>>, file: string): void {
  for (let one = file; one !== ""; ) {
    const slash = one.lastIndexOf("/");
    const folder = slash < 0 ? "" : one.slice(0, slash);
    const names = folders.get(folder);
    if (names) names.add(one.slice(slash + 1));
    else folders.set(folder, new Set([one.slice(slash + 1)]));
    one = folder;
  }
}

function git(host: Host, folder: string, args: readonly string[], failure?: string): string {
  return new TextDecoder().decode(gitBytes(host, folder, args, failure));
}

function gitBytes(host: Host, folder: string, args: readonly string[], failure?: string): Uint8Array {
  const ran = host.run("git", ["--no-optional-locks", ...args], { folder });
  if (!ran) throw new GitError("git is needed for this, and is not on PATH");
  if (ran.code !== 0) throw new GitError(failure ?? `git ${args[0] ?? ""}: ${ran.err.trim().replace(/^fatal: /, "") || "failed"}`);
  return ran.out;
}
