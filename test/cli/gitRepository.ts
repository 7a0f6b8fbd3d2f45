// A repository with a history that a test makes, with the real git. Knows nothing of what is in its files.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { folderWith } from "./commandLine";

/** Nothing of the machine's own configuration takes part. */
const environment = {
  ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example.org", GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@example.org", GIT_AUTHOR_DATE: "2016-11-01T00:00:00Z", GIT_COMMITTER_DATE: "2016-11-01T00:00:00Z",
};

/** Runs git in a folder, and gives what it prints. */
export function git(folder: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: folder, encoding: "utf8", env: environment });
  assert.equal(status, 0, `git ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** A new repository whose commits have these files, one after the other; a file whose text is undefined is deleted. The last one is checked out. */
export function repositoryWith(...commits: readonly Readonly<Record<string, string | undefined>>[]): string {
  const folder = folderWith({});
  git(folder, "init", "--quiet", "--initial-branch=main");
  commits.forEach((files, index) => commit(folder, files, `change ${index}`));
  return folder;
}

/** Writes or deletes files, and commits everything. */
export function commit(folder: string, files: Readonly<Record<string, string | undefined>>, message: string): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    if (text === undefined) fs.rmSync(file);
    else {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    }
  }
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--allow-empty", "-m", message);
}
