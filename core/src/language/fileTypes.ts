// The kinds of file, each with what the language lets it say. Knows no single key.
import { configFile } from "../configuration/configFile";
import { fleetFile } from "./fleetFile";
import { guestFile } from "./guestFile";
import { platformFile } from "./platformFile";
import type { FileKind, RecordType } from "./valueType";

/** The root record of each kind of file. */
export const fileTypes: Readonly<Record<FileKind, RecordType>> = { platform: platformFile, guest: guestFile, fleet: fleetFile, config: configFile } as Readonly<Record<FileKind, RecordType>>;
