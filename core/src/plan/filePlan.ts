// What is known of one file of any kind: what reading it met, and the names that it declares. Each derived fact is worked out once, when somebody first asks.
// Knows nothing of what the file describes.
import type { Anchor, Path } from "../anchor";
import { jsonPointer } from "../anchor";
import type { ReadExpression } from "../language/expression/readExpression";
import type { EntryKind, FileKind } from "../language/valueType";
import type { Problem, ProblemKind } from "../problem";

/** What was read of a file of one kind. */
export interface FileReading<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
  /** What each declared name names, and where it is declared. */
  readonly names: ReadonlyMap<string, { readonly declaredAt: Anchor; readonly entryKind: EntryKind | undefined }>;
  /** Values that are written as expressions. */
  readonly expressions: readonly ReadExpression[];
}

export abstract class FilePlan {
  /** The kind of file, which tells what else is known. */
  abstract readonly kind: FileKind | "text";
  readonly problems: readonly Problem[];
  private readonly names: FileReading<unknown>["names"];
  private readonly memory = new Map<string, unknown>();

  /** The root of what the file says; undefined when nothing of it can be planned. */
  readonly said: unknown;

  /** Values that are written as expressions. */
  readonly expressions: readonly ReadExpression[];

  constructor({ value, problems, names, expressions }: FileReading<unknown>) {
    this.said = value;
    this.expressions = expressions;
    this.problems = problems;
    this.names = names;
  }

  /** The problems of one kind that reading the text met. */
  problemsOf<K extends ProblemKind>(kind: K): Problem<K>[] {
    return this.problems.filter((problem) => problem.kind === kind) as unknown as Problem<K>[];
  }

  /** The expression that is written at a path, if one is. */
  expressionAt(path: Path): ReadExpression | undefined {
    if (this.expressions.length === 0) return undefined;
    return this.once("expressions", () => new Map(this.expressions.map((one) => [jsonPointer(one.at.path), one]))).get(jsonPointer(path));
  }

  /** The kind of entry that a name names. */
  kindOf(name: string): EntryKind | undefined {
    return this.names.get(name)?.entryKind;
  }

  /** True for every name that the file declares, also of what a reference cannot lead to. */
  isNameTaken(name: string): boolean {
    return this.names.has(name);
  }

  protected once<T>(key: string, make: () => T): T {
    if (!this.memory.has(key)) this.memory.set(key, make());
    return this.memory.get(key) as T;
  }

  /** A fact that was worked out already; undefined when nobody has asked for it. */
  protected known<T>(key: string): T | undefined {
    return this.memory.get(key) as T | undefined;
  }

  /** Takes a fact from elsewhere, when there is one. */
  protected learn(key: string, fact: unknown): void {
    if (fact !== undefined) this.memory.set(key, fact);
  }
}

/** A text of which nothing can be planned: it has syntax errors, or is of no known kind. */
export class TextPlan extends FilePlan {
  readonly kind = "text";

  constructor(reading: Omit<FileReading<unknown>, "value">) {
    super({ ...reading, value: undefined });
  }
}
