// Where a guest is in its life: its host, what of its memory is mapped where, which devices it has; and what a step came to. Data only.
import type { GuestHost } from "../guest/guestPlan";
import type { MemoryBank, MemoryConflict } from "../guest/memoryConflicts";
import type { GuestDevice } from "./devices";
import type { Step } from "./step";

/** Guest memory that is there, mapped for every device that the guest has. What came while it ran is called `added memory`. */
export type MappedMemory = MemoryBank;

export interface RunningGuest {
  readonly host: GuestHost;
  /** Upward. */
  readonly memory: readonly MappedMemory[];
  /** Functions of the host, in the order in which they were attached. */
  readonly devices: readonly GuestDevice[];
  /** How many times memory was added. */
  readonly growths: number;
}

/** Undefined while the guest does not run. */
export type GuestState = RunningGuest | undefined;

/** `refused`: the kernel or the VMM does not do it. `unsafe`: it can be done, and the guest loses data or can reach what is not its own. */
export type StepVerdict = "ok" | "refused" | "unsafe";

/** One thing that stands against a step. */
export interface Objection {
  readonly verdict: Exclude<StepVerdict, "ok">;
  /** A clause. */
  readonly because: string;
  /** What the kernel or the VMM says. `…` stands for what the description does not have: pointers, numbers of groups and file descriptors. */
  readonly message?: string;
  readonly conflicts?: readonly MemoryConflict[];
}

export interface StepResult {
  readonly step: Step;
  readonly verdict: StepVerdict;
  /** A clause: the first objection's, the gravest first; else what the step did. */
  readonly because: string;
  readonly message: string | undefined;
  /** The gravest first. */
  readonly objections: readonly Objection[];
  /** Sentences without full stop: what comes of it later. */
  readonly notes: readonly string[];
  /** What the description does not settle, in clauses: the verdict may be too mild. */
  readonly unknown: readonly string[];
  /** After the step. A refused step changes nothing. */
  readonly state: GuestState;
}

/** What is known about one step before it is carried out. */
export interface Judgement {
  readonly objections: readonly Objection[];
  readonly notes: readonly string[];
  readonly unknown: readonly string[];
}

export const NO_OBJECTION: Judgement = { objections: [], notes: [], unknown: [] };

export function joinJudgements(all: readonly Judgement[]): Judgement {
  return {
    objections: all.flatMap((one) => one.objections),
    notes: [...new Set(all.flatMap((one) => one.notes))],
    unknown: [...new Set(all.flatMap((one) => one.unknown))],
  };
}

/** The gravest first, each kind in its order. */
export function gravestFirst(objections: readonly Objection[]): Objection[] {
  return [...objections.filter((one) => one.verdict === "refused"), ...objections.filter((one) => one.verdict === "unsafe")];
}
