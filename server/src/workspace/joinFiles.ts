// A file and those that it names, joined to one plan: a guest with its hosts, a fleet with its hosts and guests. What cannot be found or read is left out,
// and a problem says so. Knows nothing of rules, nor of where files come from.
import type { Anchor, FileId, FileKind, FleetGuest, Guest, GuestHost, Problem } from "../../../core/src/index";
import { ConfigPlan, FleetPlan, GuestPlan, Plan, TextPlan } from "../../../core/src/index";
import type { FilePlan, MigrationGroup } from "../../../core/src/index";
import type { FileReference } from "../jsonc/read";
import { nearestWord } from "../jsonc/nearest";
import type { ExtendedPlatform } from "./extended";
import { extendedPlatform, hasExtends } from "./extended";
import type { Surroundings } from "./surroundings";
import { isUnreadable } from "./surroundings";
import type { Said, TextReading } from "./textReading";

/** A file together with all that it depends on. */
export interface Joined {
  readonly plan: FilePlan;
  /** The other files that take part, by their names. */
  readonly others: ReadonlyMap<FileId, TextReading>;
  /** A platform with the files that it extends. */
  readonly extended?: ExtendedPlatform | undefined;
}

export function joinFiles(reading: TextReading, surroundings: Surroundings): Joined {
  const joiner = new Joiner(surroundings);
  return { plan: joiner.plan(reading), others: joiner.others, extended: joiner.extendedOf.get(reading) };
}

type SaidOf<K extends FileKind> = Extract<Said, { kind: K }>;

/** A file that a reference leads to. */
interface Found<K extends FileKind> {
  readonly said: SaidOf<K>;
  readonly reading: TextReading;
  readonly namedAt: Anchor;
}

class Joiner {
  readonly others = new Map<FileId, TextReading>();
  readonly extendedOf = new Map<TextReading, ExtendedPlatform>();

  constructor(private readonly surroundings: Surroundings) {}

  plan(reading: TextReading): FilePlan {
    const { said } = reading;
    if (!said) return new TextPlan(reading);
    if (said.kind === "platform") return this.platform(reading, said);
    if (said.kind === "config") return new ConfigPlan({ ...reading, value: said.configuration });
    return said.kind === "guest" ? this.guest(reading, said.guest) : this.fleet(reading, said);
  }

  /** A platform by itself, or laid over those that it extends. */
  private platform(reading: TextReading, { plan }: SaidOf<"platform">): Plan {
    if (!hasExtends(reading)) return plan;
    const problems: Problem[] = [];
    const extended = extendedPlatform(reading, this.surroundings, problems);
    if (!extended) return new Plan({ value: plan.platform, problems: reading.problems.concat(problems), names: reading.names, expressions: reading.expressions });
    for (const lower of extended.lower) this.others.set(lower.source.file, lower);
    this.extendedOf.set(reading, extended);
    return extended.plan;
  }

  private guest(reading: TextReading, guest: Guest): GuestPlan {
    const problems: Problem[] = [];
    const named = this.follow(reading, "platform", problems);
    const ofFleet = this.follow(reading, "fleet", problems).flatMap((fleet) => this.follow(fleet.reading, "platform", []));
    const hosts = distinct([...named, ...ofFleet], problems);
    problems.push(...unknownHosts(reading, hosts));
    return new GuestPlan({ value: guest, problems: reading.problems.concat(problems), names: reading.names, expressions: reading.expressions }, hosts);
  }

  private fleet(reading: TextReading, { fleet }: SaidOf<"fleet">): FleetPlan {
    const problems: Problem[] = [];
    const hosts = distinct(this.follow(reading, "platform", problems), problems);
    problems.push(...unknownHosts(reading, hosts));
    const guests = this.follow(reading, "guest", problems).flatMap((found): FleetGuest[] => {
      const group = fleet.migrationGroups?.find((one) => contains(one, found.namedAt));
      return group ? [{ group, plan: this.guest(found.reading, found.said.guest), namedAt: found.namedAt }] : [];
    });
    return new FleetPlan({ value: fleet, problems: reading.problems.concat(problems), names: reading.names, expressions: reading.expressions }, hosts, guests);
  }

  /** The files of one kind that a file names, in its order. */
  private follow<K extends FileKind>(reading: TextReading, kind: K, problems: Problem[]): Found<K>[] {
    return reading.files.filter((one) => one.leadsTo === kind).flatMap((reference) => this.followOne(reading.source.file, reference, kind, problems));
  }

  private followOne<K extends FileKind>(from: FileId, reference: FileReference, kind: K, problems: Problem[]): Found<K>[] {
    const fault = (because: string): void => void problems.push({ kind: "unreadable-file", at: reference.at, path: reference.path, because });
    const found = this.surroundings.find(from, reference.path, reference.several);
    if (isUnreadable(found)) {
      fault(found.because);
      return [];
    }
    return found.flatMap((file): Found<K>[] => {
      const reading = this.surroundings.read(file);
      const because = isUnreadable(reading) ? reading.because : whyNot(reading, kind);
      if (isUnreadable(reading) || because !== undefined) {
        fault(found.length > 1 ? `${file} ${because}` : (because ?? ""));
        return [];
      }
      this.others.set(file, reading);
      const { said } = reading;
      return [{ said: (said?.kind === "platform" ? { ...said, plan: this.platform(reading, said) } : said) as SaidOf<K>, reading, namedAt: reference.at }];
    });
  }
}

function whyNot(reading: TextReading, wanted: FileKind): string | undefined {
  if (reading.source.tree.faults.length > 0) return "has syntax errors, so it is left out";
  if (reading.kind === wanted) return undefined;
  return reading.kind === undefined ? "is none of Platmap's files" : `is a ${reading.kind} file; a ${wanted} file is needed`;
}

/** Each file once; of two that give one name, both stay, and a problem says so. */
function distinct(found: readonly Found<"platform">[], problems: Problem[]): GuestHost[] {
  const byFile = new Map(found.map((one) => [one.reading.source.file, one] as const).reverse());
  const byName = new Map<string, Anchor>();
  return found.filter((one) => byFile.get(one.reading.source.file) === one).map(({ said: { plan }, namedAt }) => {
    const name = plan.platform.platform;
    const first = byName.get(name);
    if (first) problems.push({ kind: "duplicate-name", at: namedAt, name, first });
    else byName.set(name, namedAt);
    return { name, plan, namedAt };
  });
}

/** Where a file that was left out may be the one that declares the name, that file's own problem is enough. */
function unknownHosts(reading: TextReading, hosts: readonly GuestHost[]): Problem[] {
  const names = hosts.map((host) => host.name);
  return reading.references
    .filter(({ name, to }) => to.includes("platform") && !names.includes(name))
    .map(({ name, at, to }) => ({ kind: "unknown-reference", at, name, nouns: to, nearest: nearestWord(name, names), otherKind: undefined }));
}

function contains(group: MigrationGroup, at: Anchor): boolean {
  const { path } = group.anchor;
  return path.every((step, index) => step === at.path[index]);
}
