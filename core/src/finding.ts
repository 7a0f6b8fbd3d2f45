// What Platmap has to say about a description, as plain data: findings, related places, fixes and edits.
// Knows nothing of the text they end up in, nor of any protocol.
import type { Anchor } from "./anchor";
import type { Place } from "./problem";

/** `error`: the map cannot work or is unsafe. `warning`: it works by luck or on some machines. `info`: worth knowing. `hint`: style. */
export type Severity = "error" | "warning" | "info" | "hint";

/** Another place that takes part in a finding. */
export interface Related {
  readonly at: Place;
  readonly message: string;
}

export interface Finding {
  /** The rule's id. */
  readonly rule: string;
  /** The id in domain.md's catalogue, where the rule has one. */
  readonly catalogue: string | undefined;
  readonly severity: Severity;
  readonly at: Place;
  readonly message: string;
  readonly related: readonly Related[];
  /** The fixes that the rule proposes. Whoever offers one tries it first: it must remove the finding and add none. */
  readonly fixes: readonly Fix[];
}

/** A rule that did not look, and why: something that it needs is unknown. */
export interface Skipped {
  readonly rule: string;
  readonly because: string;
}

/** One gesture of the author, one undo. */
export interface Fix {
  /** What it does, as a command: "Move bl32 to 0xfc00_0000". */
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** A value to write. Addresses and sizes take the style of what they replace. */
export type NewValue =
  | { readonly address: bigint }
  | { readonly size: bigint }
  | { readonly json: Json };

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A change in the description's words. All anchors of a fix mean the description before any of its edits. */
export type Edit =
  | { readonly op: "replace"; readonly at: Anchor; readonly value: NewValue }
  /** Adds a key to the object at `to`, behind the key `after` when that is there, else at the end. */
  | { readonly op: "add"; readonly to: Anchor; readonly key: string; readonly value: NewValue; readonly after?: string }
  /** Inserts an element into the list at `to`, behind the element `behind`; −1 puts it first. */
  | { readonly op: "insert"; readonly to: Anchor; readonly behind: number; readonly value: NewValue }
  /** Removes a key with its value, or an element. */
  | { readonly op: "remove"; readonly at: Anchor }
  | { readonly op: "rename"; readonly at: Anchor; readonly key: string }
  /** Replaces a stretch of text that no anchor reaches, such as a comment. */
  | { readonly op: "text"; readonly at: Place; readonly text: string };
