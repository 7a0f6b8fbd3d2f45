// Which entries are parts of which others, as `in` says it over any number of steps. Knows nothing of addresses.
import type { NamedEntry } from "../platform";
import type { Plan } from "./plan";

/** Where an entry stands in the forest that `in` makes: what is below it has numbers from `first` to before `end`. */
interface Numbers {
  readonly first: number;
  end: number;
}

/** Real machines are described in a handful of steps; only for more is it worthwhile to number all entries. */
const WALK = 32;

/**
 * Tells whether the entry of one name lies, by what the author says, in the entry of another; not whether its addresses do. Costs the same however long the
 * chain is, because the pairs that are asked about can be as many as the entries. In a circle of parts the first entry counts as the whole.
 */
export function partTest(plan: Plan): (inner: string, outer: string) => boolean {
  const above = (name: string): string | undefined => (plan.entries.get(name) as (NamedEntry & { readonly in?: string }) | undefined)?.in;
  let numbers: ReadonlyMap<string, Numbers> | undefined;
  return (inner, outer) => {
    let up = above(inner);
    for (let steps = 0; up !== undefined; up = above(up)) {
      if (up === outer) return true;
      if (++steps === WALK) break;
    }
    if (up === undefined) return false;
    numbers ??= numbered(plan, above);
    const [one, other] = [numbers.get(inner), numbers.get(outer)];
    return one !== undefined && other !== undefined && other.first < one.first && one.first < other.end;
  };
}

function numbered(plan: Plan, above: (name: string) => string | undefined): ReadonlyMap<string, Numbers> {
  const parts = new Map<string, string[]>();
  const names = [...plan.entries.keys()];
  for (const name of names) {
    const whole = above(name);
    const known = whole === undefined ? undefined : parts.get(whole);
    if (known) known.push(name);
    else if (whole !== undefined) parts.set(whole, [name]);
  }
  const numbers = new Map<string, Numbers>();
  const wholes = names.filter((name) => !plan.entries.has(above(name) ?? ""));
  for (const name of [...wholes, ...names]) if (!numbers.has(name)) number(name, parts, numbers);
  return numbers;
}

/** Without recursion: a chain may be longer than the stack. */
function number(root: string, parts: ReadonlyMap<string, readonly string[]>, numbers: Map<string, Numbers>): void {
  const waiting: (string | Numbers)[] = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== "string") next.end = numbers.size;
    else if (!numbers.has(next)) {
      const own = { first: numbers.size, end: 0 };
      numbers.set(next, own);
      waiting.push(own, ...(parts.get(next) ?? []));
    }
  }
}
