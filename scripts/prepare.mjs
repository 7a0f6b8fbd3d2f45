// Puts what the project needs on the machine: its npm packages, and Debian's programs where we may install them.
// Imports Node's own modules only, since it runs before there are any packages.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { capture, findProgram, root, run } from "./run.mjs";

/** Installs the npm packages of package-lock.json, unless exactly these are installed already. */
export async function ensurePackages() {
  if (packagesAreCurrent()) {
    return;
  }
  console.log("Installing the npm packages (npm ci) ...");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const code = await run(npm, ["ci", "--no-audit", "--no-fund"], { shell: process.platform === "win32" });
  if (code !== 0) {
    throw new Error("npm ci failed, so the packages of package-lock.json are not installed.");
  }
}

/**
 * The path of a program, installed with apt-get when it is missing, the machine is a Debian and we are root.
 * @param names the program's names, best first
 * @param debianPackages the packages of Debian that have it and what it needs, its own first
 */
export async function ensureProgram(names, ...debianPackages) {
  const found = findProgram(...names);
  if (found !== undefined) {
    return found;
  }
  if (process.getuid?.() === 0 && findProgram("apt-get") !== undefined) {
    await installDebianPackages(debianPackages);
  }
  const installed = findProgram(...names);
  if (installed === undefined) {
    throw new Error(
      `${names[0]} is needed and not on PATH: install it (on Debian: apt-get install ${debianPackages.join(" ")}) and run again.`,
    );
  }
  return installed;
}

// npm writes what it has installed into node_modules/.package-lock.json; that is the stamp.
function packagesAreCurrent() {
  const stamp = path.join(root, "node_modules/.package-lock.json");
  if (!existsSync(stamp)) {
    return false;
  }
  const wanted = readPackages(path.join(root, "package-lock.json"));
  const installed = readPackages(stamp);
  return Object.entries(wanted).every(
    ([name, entry]) => name === "" || installed[name]?.version === entry.version || !isForThisMachine(entry),
  );
}

// npm leaves out optional packages that are made for other machines.
function isForThisMachine({ optional, os, cpu, libc }) {
  const isMade = (names, mine) => names === undefined || names.includes(mine);
  return optional !== true || (os !== undefined && libc === undefined && isMade(os, process.platform) && isMade(cpu, process.arch));
}

function readPackages(lockFile) {
  return JSON.parse(readFileSync(lockFile, "utf8")).packages;
}

async function installDebianPackages(names) {
  console.log(`Installing Debian's ${names.join(" and ")} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const wait = ["-o", "DPkg::Lock::Timeout=600"];
  await capture("apt-get", [...wait, "update", "-qq"], { env });
  const install = [...wait, "install", "-y", "-qq", "--no-install-recommends", ...names];
  const { code, output } = await capture("apt-get", install, { env });
  if (code !== 0) {
    console.error(output.trimEnd());
  }
}
