// The expressions of one document and what they come to. A value is worked out when it is first asked for, what it depends on before it, and never twice;
// chains may be as long as the document, so nothing here recurses along them. Documents without expressions make none of this.
// Knows nothing of the model.
import type { ExpressionFault, ParsedExpression, Problem, RecordType, ReferenceTerm, ScalarType, Stretch, TextSpan } from "../../../core/src/index";
import { evaluate, fits, looksLikeExpression, parseAddress, parseExpression, parseSize } from "../../../core/src/index";
import type { IndexedEntry } from "./entryIndex";
import { entriesByName } from "./entryIndex";
import { nearestWord } from "./nearest";
import type { Ingredient, Recipe } from "./places";
import { recipeOf } from "./places";
import { readScalar } from "./scalars";
import type { Source } from "./source";
import type { Node } from "./tree";
import { NodeKind } from "./tree";

/** Once so many names were compared with misspelt ones, the rest get no suggestion: a file full of them must not take minutes. */
const COMPARISON_LIMIT = 500_000;

/** A problem whose place is a stretch of the text. */
export type ExpressionProblem = { [K in Problem as K["kind"]]: Omit<K, "at"> & { readonly at: TextSpan } }[Problem["kind"]];

/** One value that is written as an expression. */
export interface ExpressionCell {
  readonly node: Node;
  readonly type: ScalarType;
  readonly text: string;
  readonly parsed: ParsedExpression;
  readonly problems: readonly ExpressionProblem[];
  readonly value: bigint | undefined;
  /** What a reference of it comes to. */
  valueOf(reference: ReferenceTerm): bigint | undefined;
}

class Cell implements ExpressionCell {
  readonly problems: ExpressionProblem[] = [];
  readonly recipes = new Map<ReferenceTerm, Recipe>();
  value: bigint | undefined;
  state: "new" | "open" | "done" = "new";
  /** The cells that must be done before this one, and how many of them were looked at. */
  needs: readonly Need[] = [];
  passed = 0;

  constructor(
    readonly node: Node,
    readonly type: ScalarType,
    readonly text: string,
    readonly parsed: ParsedExpression,
    private readonly ingredientValue: (ingredient: Ingredient) => bigint | undefined,
  ) {}

  valueOf(reference: ReferenceTerm): bigint | undefined {
    const recipe = this.recipes.get(reference);
    if (!recipe || "because" in recipe) return undefined;
    if ("value" in recipe) return recipe.value;
    const [first, second = 0n] = recipe.of.map(this.ingredientValue);
    return first === undefined || recipe.of.some((one) => this.ingredientValue(one) === undefined) ? undefined : recipe.make(first, second);
  }
}

interface Need {
  readonly cell: Cell;
  readonly reference: ReferenceTerm;
  /** `bl31.base`: the value that is needed. */
  readonly label: string;
}

export class Expressions {
  private readonly cells = new Map<Node, Cell>();
  private known: ReadonlyMap<string, IndexedEntry> | undefined;
  private comparisons = 0;

  constructor(
    private readonly source: Source,
    private readonly file: RecordType,
  ) {}

  /** The value at a node that holds an expression, worked out. */
  at(node: Node, type: ScalarType): ExpressionCell {
    const cell = this.cellOf(node, type);
    this.resolve(cell);
    return cell;
  }

  /** Where a stretch of a cell's expression is in the document. */
  span(cell: ExpressionCell, { start, end }: Stretch): TextSpan {
    const { file, tree } = this.source;
    return { file, start: tree.offsetInString(cell.node, start), end: tree.offsetInString(cell.node, end) };
  }

  private cellOf(node: Node, type: ScalarType): Cell {
    let cell = this.cells.get(node);
    if (!cell) {
      const text = this.source.tree.string(node);
      cell = new Cell(node, type, text, parseExpression(text, unitOf(type)), (one) => this.valueOf(one));
      this.cells.set(node, cell);
    }
    return cell;
  }

  /** Depth first, on a path of its own. Whoever stands on the path already depends on itself. */
  private resolve(first: Cell): void {
    const path: Cell[] = first.state === "new" ? [this.opened(first)] : [];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const need = top.needs[top.passed];
      if (!need) this.finish(path.pop() as Cell);
      else if (need.cell.state === "open") this.closeCircle(path.splice(path.indexOf(need.cell)));
      else {
        if (need.cell.state === "new") path.push(this.opened(need.cell));
        else top.passed++;
      }
    }
  }

  private opened(cell: Cell): Cell {
    cell.state = "open";
    if (cell.parsed.fault) this.reportFault(cell, cell.parsed.fault);
    for (const at of cell.parsed.ambiguous) cell.problems.push({ kind: "ambiguous-unit", at: this.span(cell, at), text: cell.text.slice(at.start, at.end) });
    for (const reference of cell.parsed.references) this.lookUp(cell, reference);
    cell.needs = [...cell.recipes].flatMap(([reference, recipe]) => this.needsOf(reference, recipe));
    return cell;
  }

  private needsOf(reference: ReferenceTerm, recipe: Recipe): Need[] {
    const ingredients = "of" in recipe ? recipe.of : [];
    return ingredients.flatMap((one) => {
      const cell = isExpression(this.source, one) ? this.cellOf(one.node, one.type) : undefined;
      return cell ? [{ cell, reference, label: `${reference.name}.${one.key}` }] : [];
    });
  }

  private lookUp(cell: Cell, reference: ReferenceTerm): void {
    const { name, property } = reference;
    const entry = this.entries().get(name);
    if (!entry) {
      cell.problems.push({ kind: "unknown-reference", at: this.span(cell, reference.nameAt), name, nouns: [], nearest: this.nearestName(name), otherKind: undefined });
      return;
    }
    const recipe = recipeOf(this.source, entry, property, cell.type.space);
    cell.recipes.set(reference, recipe);
    if ("because" in recipe) cell.problems.push({ kind: "unplaced-reference", at: this.span(cell, reference), name, property, because: recipe.because });
  }

  private finish(cell: Cell): void {
    cell.state = "done";
    const { root } = cell.parsed;
    if (!root || cell.problems.some((problem) => problem.kind !== "ambiguous-unit")) return;
    const value = evaluate(root, (reference) => cell.valueOf(reference));
    const unit = unitOf(cell.type);
    if (typeof value === "object") this.reportFault(cell, value);
    else if (value === undefined || fits(value, unit)) cell.value = value;
    else cell.problems.push({ kind: "expression-out-of-range", at: this.span(cell, root), text: cell.text, value, unit });
  }

  /** All on the path are done, without a value; the first of them in the text says so for all. */
  private closeCircle(circle: readonly Cell[]): void {
    const links = circle.map((cell) => ({ cell, need: cell.needs[cell.passed] as Need }));
    const first = links.reduce((least, one, index) => (one.cell.node < (links[least]?.cell.node ?? 0) ? index : least), 0);
    const ordered = [...links.slice(first), ...links.slice(0, first)];
    for (const { cell } of links) cell.state = "done";
    const members = ordered.map((_, index) => ordered.at(index - 1)?.need.label ?? "");
    const [head, ...others] = ordered.map(({ cell, need }) => this.span(cell, need.reference));
    if (head) ordered[0]?.cell.problems.push({ kind: "circular-expression", at: head, members, others });
  }

  private reportFault(cell: Cell, fault: ExpressionFault): void {
    const { because, oneOf } = fault;
    const suggestion = fault.suggestion ?? (oneOf && nearestWord(cell.text.slice(fault.start, fault.end), oneOf));
    cell.problems.push({ kind: "malformed-expression", at: this.span(cell, fault), text: cell.text, because, suggestion });
  }

  private valueOf(ingredient: Ingredient): bigint | undefined {
    if (isExpression(this.source, ingredient)) return this.cells.get(ingredient.node)?.value;
    const value = readScalar(ingredient.type, this.source.tree, ingredient.node, SILENT);
    return typeof value === "bigint" ? value : undefined;
  }

  private entries(): ReadonlyMap<string, IndexedEntry> {
    return (this.known ??= entriesByName(this.source, this.file));
  }

  private nearestName(name: string): string | undefined {
    if (this.comparisons > COMPARISON_LIMIT) return undefined;
    this.comparisons += this.entries().size;
    return nearestWord(name, this.entries().keys());
  }
}

/** Whoever reads the value itself reports what is wrong with it. */
const SILENT = { report: () => undefined, expression: () => undefined };

function isExpression({ tree }: Source, { node, type }: Ingredient): boolean {
  if (tree.kind(node) !== NodeKind.String) return false;
  const text = tree.string(node);
  return typeof (type.kind === "address" ? parseAddress(text) : parseSize(text)) !== "bigint" && looksLikeExpression(text);
}

function unitOf(type: ScalarType): "address" | "size" {
  return type.kind === "address" ? "address" : "size";
}
