// What one file of a guest would have to say to be like another one of the same guest, in what a migration cannot change. Knows nothing of text, nor of which
// of the two is right.
import { under } from "../anchor";
import type { Edit, NewValue } from "../finding";
import type { Guest } from "../guest";

/** An edit in the words of the file, and what it changes as a few words. */
export interface Equalizing {
  readonly what: string;
  readonly edit: Edit;
}

const PLAIN = ["machine", "physicalAddressBits", "memorySlots", "secureMemory"] as const;
const SIZES = ["maxMemory", "hugePages"] as const;
/** What holds where nothing is said. */
const ABSENT: Readonly<Record<string, unknown>> = { memorySlots: 0, secureMemory: false };

/** The edits that make `changed` like `model`; undefined where memory or a window is only in one of the two: what that is for, a program cannot know. */
export function equalizingEdits(model: Guest, changed: Guest): readonly Equalizing[] | undefined {
  const memory = sizesLike("memory", model.memory ?? [], changed.memory ?? []);
  const windows = sizesLike("window", model.windows ?? [], changed.windows ?? []);
  if (!memory || !windows) return undefined;
  const keys = [
    ...PLAIN.map((key) => keyLike(changed, key, model[key], model[key] === undefined ? undefined : { json: model[key] })),
    ...SIZES.map((key) => keyLike(changed, key, model[key], model[key] === undefined ? undefined : { size: model[key] })),
  ];
  return [...keys.filter((one) => one !== undefined), ...memory, ...windows];
}

type Key = (typeof PLAIN)[number] | (typeof SIZES)[number];

function keyLike(changed: Guest, key: Key, wanted: unknown, value: NewValue | undefined): Equalizing | undefined {
  const said = changed[key];
  if ((said ?? ABSENT[key]) === (wanted ?? ABSENT[key])) return undefined;
  const at = under(changed.anchor, key);
  if (value === undefined) return { what: key, edit: { op: "remove", at } };
  return { what: key, edit: said === undefined ? { op: "add", to: changed.anchor, key, value, after: "guest" } : { op: "replace", at, value } };
}

type Sized = NonNullable<Guest["memory"]>[number] | NonNullable<Guest["windows"]>[number];

function sizesLike(noun: string, model: readonly Sized[], changed: readonly Sized[]): Equalizing[] | undefined {
  const wanted = new Map(model.map((one) => [one.name, one.size]));
  if (model.length !== changed.length || changed.some(({ name }) => !wanted.has(name))) return undefined;
  return changed.flatMap(({ name, size, anchor }): Equalizing[] => {
    const other = wanted.get(name);
    return other === undefined || other === size ? [] : [{ what: `${noun} ${name}`, edit: { op: "replace", at: under(anchor, "size"), value: { size: other } } }];
  });
}
