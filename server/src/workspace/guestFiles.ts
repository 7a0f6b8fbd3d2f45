// The guests in the files of the folders that are open, whether or not anybody has opened them. Knows nothing of how files are found, nor of what is asked
// of the guests.
import type { Anchor, FileId, GuestHost, Plan } from "../../../core/src/index";
import { GuestPlan } from "../../../core/src/index";
import { kindOfFileName } from "../jsonc/fileKind";
import { joinFiles } from "./joinFiles";
import type { Surroundings } from "./surroundings";
import { isUnreadable } from "./surroundings";

export interface GuestFilesOptions {
  readonly surroundings: Surroundings;
  /** The files of the language at this moment, sorted. */
  files(): readonly FileId[];
}

export class GuestFiles {
  private readonly plans = new Map<FileId, { readonly reading: unknown; readonly hosts: readonly unknown[]; readonly plan: GuestPlan }>();

  constructor(private readonly options: GuestFilesOptions) {}

  /** The guests that must run on a platform, in the order of their files. A platform is known by its file. */
  guestsOn(plan: Plan): readonly GuestPlan[] {
    return this.guestsOnFile(plan.platform.anchor.file);
  }

  /** The guests that must run on a platform, as they are with another text of that platform in its place. */
  guestsWith(platform: Plan, { file }: Anchor): readonly GuestPlan[] {
    const isMeant = (host: GuestHost): boolean => host.plan.platform.anchor.file === file;
    return this.guestsOnFile(file).map((guest) => guest.withHosts(guest.hosts.map((host) => (isMeant(host) ? { ...host, plan: platform } : host))));
  }

  private guestsOnFile(platform: FileId): readonly GuestPlan[] {
    const files = this.options.files().filter((file) => kindOfFileName(file) === "guest");
    return files.flatMap((file) => this.guestOf(file) ?? []).filter((guest) => guest.hosts.some((host) => host.plan.platform.anchor.file === platform));
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
}
