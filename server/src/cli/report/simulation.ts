// A simulation as text and as JSON. The names in JSON are fixed: other programs read them. Knows nothing of how verdicts come about.
import type { GuestPlan, MemoryConflict, StepResult } from "../../../../core/src/index";
import { kindWord, lastOf, printPlainAddress } from "../../../../core/src/index";
import { plainJson, plainLines } from "../terminal";

/** A step with its verdict. */
export interface ShownStep {
  /** As it was written. */
  readonly text: string;
  readonly result: StepResult;
}

export function printJsonSimulation(plan: GuestPlan, shown: readonly ShownStep[]): string {
  const steps = shown.map(({ text, result: { verdict, because, message, objections, notes, unknown, state } }) => ({
    step: text,
    verdict,
    because,
    message,
    conflicts: objections.flatMap((one) => one.conflicts ?? []).map(conflictOf),
    objections: objections.map((one) => ({ verdict: one.verdict, because: one.because, message: one.message })),
    notes,
    unknown,
    host: state?.host.name,
    memory: state?.memory.map(({ name, range }) => ({ name, base: printPlainAddress(range.base), last: printPlainAddress(lastOf(range)) })) ?? [],
    devices: state?.devices.map((node) => node.address) ?? [],
  }));
  return plainJson(JSON.stringify({ guest: plan.guest.guest, steps }, undefined, 2)) + "\n";
}

function conflictOf({ range, kind, because, memory }: MemoryConflict): object {
  return { base: printPlainAddress(range.base), last: printPlainAddress(lastOf(range)), type: kindWord(kind), because: because.join("; "), memory: memory.name };
}

/** A line a step with its verdict; below it why, what would be said, and what comes of it. */
export function printTextSimulation(plan: GuestPlan, shown: readonly ShownStep[]): string {
  const width = Math.max(...shown.map(({ text }) => text.length));
  const heading = `${plan.guest.guest}: ${summaryOf(shown)}`;
  return plainLines([heading, "", ...shown.flatMap((one) => linesOf(one, width))].join("\n") + "\n");
}

function summaryOf(shown: readonly ShownStep[]): string {
  const bad = shown.filter((one) => one.result.verdict !== "ok");
  if (bad.length === 0) return `${shown.length === 1 ? "the step" : `all ${shown.length} steps`} can be done`;
  return bad.map(({ text, result }) => `${text} is ${result.verdict}`).join(", ");
}

function linesOf({ text, result: { verdict, because, message, objections, notes, unknown } }: ShownStep, width: number): string[] {
  const indent = "    ";
  return [
    `${text.padEnd(width)}  ${verdict.padEnd(7)}  ${because}`,
    ...(message === undefined ? [] : message.split("\n").map((line) => `${indent}| ${line}`)),
    ...objections.slice(1).flatMap((one) => [`${indent}also ${one.verdict}: ${one.because}`, ...(one.message === undefined ? [] : one.message.split("\n").map((line) => `${indent}| ${line}`))]),
    ...notes.map((note) => `${indent}note: ${note}`),
    ...unknown.map((clause) => `${indent}not known: ${clause}`),
  ];
}
