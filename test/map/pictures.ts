// The pictures that are committed: the README's, and those of examples that show one thing of a map each. Knows nothing of how they are compared.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { LayoutOptions } from "../../core/src/index";
import { printComparison, printPicture } from "../../core/src/index";
import { repositoryRoot } from "../repositoryRoot";
import { COMPARED, comparisonOf } from "./comparisons";
import { manyDevices, mapOf, mapOfGuest } from "./descriptions";

/** Each example with what its picture shows. */
const EXAMPLES: readonly (readonly [name: string, options: LayoutOptions])[] = [
  // Conflicts, also inside RAM; a doorbell's path; a bus that keeps the numbers.
  ["first-steps", {}],
  // What inbound windows do not let through, and a path that ends there.
  ["arm-juno", {}],
  // A bridge that translates: a slanted band.
  ["raspberry-pi-4", {}],
  // Boxes five deep on the bus; hardware's own MSI range.
  ["x86-vtd", {}],
  // Two bridges with the same bus addresses, each on its side.
  ["nxp-lx2160a", { lanes: ["pa", "bus:pcie3", "bus:pcie5"] }],
  // One lane, where ways are told in words.
  ["qemu-virt", { lanes: ["pa"] }],
];

/** Guests, each with what its picture shows. */
const GUESTS: readonly string[] = [
  // Memory in banks around what three hosts forbid, each host in a narrow lane of its own.
  "union-of-three",
  // What a guest's memory meets when nobody planned it.
  "horrible-scenario",
];

/** Text of each committed picture, by its path in the repository. */
export function pictures(): ReadonlyMap<string, string> {
  const drawn = EXAMPLES.map(([name, options]) => [`test/map/pictures/${name}.svg`, printPicture(mapOf(example(name), name), options)] as const);
  const guests = GUESTS.map((name) => [`test/map/pictures/${name}.svg`, printPicture(mapOfGuest(path.join(repositoryRoot, "examples"), `${name}.guest.jsonc`))] as const);
  const [before, after, title] = COMPARED;
  const compared = ["docs/comparison.svg", printComparison(comparisonOf(before, after), title)] as const;
  return new Map([...drawn, ...guests, compared, ["docs/map.svg", printPicture(mapOf(example("first-steps")))], ["test/map/pictures/two-thousand.svg", printPicture(mapOf(manyDevices(2000)))]]);
}

/** The text of an example. */
export function example(name: string): string {
  return readFileSync(path.join(repositoryRoot, "examples", `${name}.platform.jsonc`), "utf8");
}
