// The fleet file: which platforms a set of guests must be able to move between. Every key, what it takes and what it means.
// Knows nothing of which guests can move, nor of what the files that it names say.
import { files, listOf, name, optional, record, reference, required, text } from "./valueType";

const description = optional(text(), "Words for people. Nothing is read from it.");

const migrationGroup = record(
  "migration group",
  "Hosts that exchange guests.",
  {
    name: required(name(), "Name, unique in the file."),
    platforms: required(listOf(reference("platform")), "The hosts: the names that their platform files give."),
    guests: optional(listOf(files("guest")), "The guest files that move between them, from this file's folder; `*` stands for any part of a name."),
    description,
  },
  { entry: "migration-group" },
);

/** The fleet file: the hosts that guests move between. */
export const fleetFile = record("fleet file", "Which platforms a set of guests must be able to move between.", {
  $schema: optional(text(), "A JSON Schema for editors that do not know the language. Not read."),
  description,
  fleet: required(name(), "Name of the fleet."),
  platforms: optional(listOf(files("platform")), "The platform files of its hosts, from this file's folder; `*` stands for any part of a name."),
  migrationGroups: optional(listOf(migrationGroup), "Which hosts exchange which guests."),
});

export { migrationGroup };
