// The built programs, for tests of what only a process of their own shows. Knows nothing of what is in them.
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "./repositoryRoot";

/** The path of a bundle of `dist`; all are built first when it is not there. */
export async function builtBundle(name: string): Promise<string> {
  const program = path.join(repositoryRoot, "dist", name);
  if (!existsSync(program)) {
    const script = (await import(pathToFileURL(path.join(repositoryRoot, "scripts/build.mjs")).href)) as { build(): Promise<void> };
    await script.build();
  }
  return program;
}
