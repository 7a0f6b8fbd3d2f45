// The guest files of the folders that are open, whether or not anybody has opened them: found once, and again when somebody says that files have changed.
// Knows nothing of what is asked of them.
import path from "node:path";
import type { FileId, Plan } from "../../../core/src/index";
import { GuestPlan } from "../../../core/src/index";
import type { Host } from "../host";
import { kindOfFileName } from "../jsonc/fileKind";
import { joinFiles } from "./joinFiles";
import type { Surroundings } from "./surroundings";
import { isUnreadable } from "./surroundings";

export interface GuestFilesOptions {
  readonly host: Host;
  readonly surroundings: Surroundings;
  /** The folders that are open, absolute. */
  folders(): readonly string[];
  /** The name of the file at an absolute path. */
  fileAt(path: string): FileId;
}

/** Folders deeper than this are not searched, nor more entries than that: an editor must not wait for a disk. */
const DEPTH_LIMIT = 12;
const ENTRY_LIMIT = 20_000;

export class GuestFiles {
  private files: readonly FileId[] | undefined;
  private readonly plans = new Map<FileId, { readonly reading: unknown; readonly hosts: readonly unknown[]; readonly plan: GuestPlan }>();

  constructor(private readonly options: GuestFilesOptions) {}

  /** Files came, went or changed their names. */
  forget(): void {
    this.files = undefined;
  }

  /** The guests that must run on a platform, in the order of their files. A platform is known by its file. */
  guestsOn(plan: Plan): readonly GuestPlan[] {
    this.files ??= this.search();
    return this.files.flatMap((file) => this.guestOf(file) ?? []).filter((guest) => guest.hosts.some((host) => host.plan.platform.anchor.file === plan.platform.anchor.file));
  }

  /** The same object for as long as neither its file nor its hosts change. */
  private guestOf(file: FileId): GuestPlan | undefined {
    const reading = this.options.surroundings.read(file);
    if (isUnreadable(reading)) return undefined;
    const { plan } = joinFiles(reading, this.options.surroundings);
    if (!(plan instanceof GuestPlan)) return undefined;
    const hosts = plan.hosts.map((host) => host.plan);
    const known = this.plans.get(file);
    if (known?.reading === reading && known.hosts.length === hosts.length && hosts.every((host, index) => host === known.hosts[index])) return known.plan;
    this.plans.set(file, { reading, hosts, plan });
    return plan;
  }

  private search(): FileId[] {
    const found: string[] = [];
    let left = ENTRY_LIMIT;
    const visit = (folder: string, depth: number): void => {
      for (const name of this.namesIn(folder)) {
        if (left-- <= 0) return;
        if (name.startsWith(".") || name === "node_modules") continue;
        const full = path.join(folder, name);
        const kind = this.kindOf(full);
        if (kind === "folder" && depth < DEPTH_LIMIT) visit(full, depth + 1);
        else if (kind === "file" && kindOfFileName(name) === "guest") found.push(full);
      }
    };
    for (const folder of this.options.folders()) visit(folder, 0);
    return [...new Set(found)].sort().map((one) => this.options.fileAt(one));
  }

  private namesIn(folder: string): readonly string[] {
    try {
      return this.options.host.listFolder(folder);
    } catch {
      return [];
    }
  }

  private kindOf(full: string): string | undefined {
    try {
      return this.options.host.kindOf(full);
    } catch {
      return undefined;
    }
  }
}
