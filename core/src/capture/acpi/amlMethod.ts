// Works out what a simple _DSM method gives: comparisons of its arguments, assignments and returns, no hardware.
// Knows nothing of names outside the method; whatever it does not know makes the answer unknown.

/** An integer, or the bytes of a buffer; `none`: some object that is neither. */
type Value = bigint | Uint8Array | "none";

/** Thrown inside, never out of this file: the method has something that this file does not know. */
class NotKnown extends Error {}

/** More steps than any such method has. */
const STEPS_LIMIT = 2000;
const TRUE = (1n << 64n) - 1n;

interface Run {
  readonly code: Uint8Array;
  readonly variables: Map<string, Value>;
  steps: number;
}

/** How a list of terms ended. */
type Outcome = { readonly kind: "return"; readonly value: Value } | { readonly kind: "end" | "break" };

/** A package length: its value counts from its own first byte (ACPI specification 6.5, section 20.2.4). */
export function packageLength(code: Uint8Array, at: number): { value: number; bytes: number } | undefined {
  const lead = code[at];
  if (lead === undefined) return undefined;
  const more = lead >> 6;
  let value = more === 0 ? lead & 0x3f : lead & 0x0f;
  for (let index = 1; index <= more; index++) value += (code[at + index] ?? 0) << (4 + 8 * (index - 1));
  return at + 1 + more > code.length || at + value > code.length || value <= more
    ? undefined
    : { value, bytes: more + 1 };
}

/**
 * What the method gives for the UUID, revision 1 and a function: an integer, `"none"` for anything else (a buffer, or
 * nothing), undefined where it cannot be told. `body` is the list of terms behind the method's flags.
 */
export function evaluateDsm(body: Uint8Array, uuid: readonly number[], wanted: number): bigint | "none" | undefined {
  const variables = new Map<string, Value>([
    ["arg0", Uint8Array.from(uuid)],
    ["arg1", 1n],
    ["arg2", BigInt(wanted)],
  ]);
  try {
    const outcome = runTerms({ code: body, variables, steps: 0 }, 0, body.length);
    return outcome.kind === "return" && typeof outcome.value === "bigint" ? outcome.value : "none";
  } catch (error) {
    if (error instanceof NotKnown) return undefined;
    throw error;
  }
}

function runTerms(run: Run, from: number, end: number): Outcome {
  for (let at = from; at < end;) {
    if (++run.steps > STEPS_LIMIT) throw new NotKnown();
    const op = run.code[at];
    if (op === 0xa4) return { kind: "return", value: evaluate(run, at + 1, end).value };
    if (op === 0xa5) return { kind: "break" };
    if (op === 0xa0 || op === 0xa2) {
      const { outcome, next } = op === 0xa0 ? runIf(run, at, end) : runWhile(run, at, end);
      if (outcome.kind !== "end") return outcome;
      at = next;
    } else if (op === 0x08) at = declare(run, at, end);
    else if (op === 0xa3) at += 1;
    else at = evaluate(run, at, end).next;
  }
  return { kind: "end" };
}

function runIf(run: Run, at: number, end: number): { outcome: Outcome; next: number } {
  const then = block(run, at, end);
  const test = evaluate(run, then.from, then.end);
  const otherwise = run.code[then.end] === 0xa1 && then.end < end ? block(run, then.end, end) : undefined;
  const next = otherwise?.end ?? then.end;
  if (isTrue(test.value)) return { outcome: runTerms(run, test.next, then.end), next };
  return { outcome: otherwise ? runTerms(run, otherwise.from, otherwise.end) : { kind: "end" }, next };
}

/** Compilers write Switch as a While that breaks. */
function runWhile(run: Run, at: number, end: number): { outcome: Outcome; next: number } {
  const body = block(run, at, end);
  for (;;) {
    const test = evaluate(run, body.from, body.end);
    if (!isTrue(test.value)) break;
    const outcome = runTerms(run, test.next, body.end);
    if (outcome.kind === "return") return { outcome, next: body.end };
    if (outcome.kind === "break") break;
    if (++run.steps > STEPS_LIMIT) throw new NotKnown();
  }
  return { outcome: { kind: "end" }, next: body.end };
}

function block(run: Run, at: number, end: number): { from: number; end: number } {
  const length = packageLength(run.code, at + 1);
  if (!length || at + 1 + length.value > end) throw new NotKnown();
  return { from: at + 1 + length.bytes, end: at + 1 + length.value };
}

/** Name(X, value). */
function declare(run: Run, at: number, end: number): number {
  const { value, next } = evaluate(run, at + 5, end);
  run.variables.set(nameAt(run, at + 1), value);
  return next;
}

interface Evaluated {
  readonly value: Value;
  readonly next: number;
}

function evaluate(run: Run, at: number, end: number): Evaluated {
  if (++run.steps > STEPS_LIMIT || at >= end) throw new NotKnown();
  const op = run.code[at] ?? -1;
  if (op === 0x00 || op === 0x01) return { value: BigInt(op), next: at + 1 };
  if (op === 0xff) return { value: TRUE, next: at + 1 };
  if (op >= 0x0a && op <= 0x0e && op !== 0x0d) return constant(run, at, { 10: 1, 11: 2, 12: 4, 14: 8 }[op] ?? 1, end);
  if (op === 0x0d) return { value: "none", next: run.code.indexOf(0, at) + 1 || end };
  if (op === 0x11) return buffer(run, at, end);
  if (op === 0x12) return { value: "none", next: block(run, at, end).end };
  if (op === 0x70 || op === 0x99) return assign(run, at, end);
  if (op === 0x92) return negate(run, at, end);
  if ([0x90, 0x91, 0x93, 0x94, 0x95].includes(op)) return compare(run, op, at, end);
  return variable(run, at);
}

function constant(run: Run, at: number, bytes: number, end: number): Evaluated {
  if (at + 1 + bytes > end) throw new NotKnown();
  let value = 0n;
  for (let index = bytes; index >= 1; index--) value = (value << 8n) | BigInt(run.code[at + index] ?? 0);
  return { value, next: at + 1 + bytes };
}

function buffer(run: Run, at: number, end: number): Evaluated {
  const body = block(run, at, end);
  const size = evaluate(run, body.from, body.end);
  if (typeof size.value !== "bigint" || size.value > 4096n) throw new NotKnown();
  const bytes = new Uint8Array(Number(size.value));
  bytes.set(run.code.subarray(size.next, Math.min(body.end, size.next + bytes.length)));
  return { value: bytes, next: body.end };
}

/** Store(value, target) and ToInteger(value, target); the target of the latter may be empty. */
function assign(run: Run, at: number, end: number): Evaluated {
  const { value, next } = evaluate(run, at + 1, end);
  if (run.code[at] === 0x99 && typeof value !== "bigint") throw new NotKnown();
  if (run.code[at] === 0x99 && run.code[next] === 0) return { value, next: next + 1 };
  const target = variableName(run, next);
  run.variables.set(target.name, value);
  return { value, next: target.next };
}

function negate(run: Run, at: number, end: number): Evaluated {
  const { value, next } = evaluate(run, at + 1, end);
  return { value: isTrue(value) ? 0n : TRUE, next };
}

function compare(run: Run, op: number, at: number, end: number): Evaluated {
  const left = evaluate(run, at + 1, end);
  const right = evaluate(run, left.next, end);
  const holds =
    op === 0x90
      ? isTrue(left.value) && isTrue(right.value)
      : op === 0x91
        ? isTrue(left.value) || isTrue(right.value)
        : ordered(op, left.value, right.value);
  return { value: holds ? TRUE : 0n, next: right.next };
}

function ordered(op: number, left: Value, right: Value): boolean {
  if (left instanceof Uint8Array && right instanceof Uint8Array && op === 0x93)
    return left.length === right.length && left.every((byte, index) => byte === right[index]);
  if (typeof left !== "bigint" || typeof right !== "bigint") throw new NotKnown();
  return op === 0x93 ? left === right : op === 0x94 ? left > right : left < right;
}

function isTrue(value: Value): boolean {
  if (typeof value !== "bigint") throw new NotKnown();
  return value !== 0n;
}

function variable(run: Run, at: number): Evaluated {
  const { name, next } = variableName(run, at);
  const value = run.variables.get(name);
  if (value === undefined) throw new NotKnown();
  return { value, next };
}

/** Locals, arguments, and names that the method itself declared. */
function variableName(run: Run, at: number): { name: string; next: number } {
  const op = run.code[at] ?? 0;
  if (op >= 0x60 && op <= 0x67) return { name: `local${op - 0x60}`, next: at + 1 };
  if (op >= 0x68 && op <= 0x6e) return { name: `arg${op - 0x68}`, next: at + 1 };
  const name = nameAt(run, at);
  if (!/^[A-Z_][A-Z0-9_]{3}$/.test(name) || !run.variables.has(name)) throw new NotKnown();
  return { name, next: at + 4 };
}

function nameAt(run: Run, at: number): string {
  return String.fromCharCode(...run.code.subarray(at, at + 4));
}
