// What a guest file and a fleet file say, as types. Derived from the language, so that model and language cannot part.
// Knows nothing of text, nor of where a guest is placed.
import type { ModelOf } from "./language/valueType";
import type * as fleet from "./language/fleetFile";
import type * as guest from "./language/guestFile";

export type Guest = ModelOf<typeof guest.guestFile>;
export type GuestMemory = ModelOf<typeof guest.guestMemory>;
export type GuestDevice = ModelOf<typeof guest.guestDevice>;
export type GuestWindow = ModelOf<typeof guest.guestWindow>;
export type GuestDoorbell = ModelOf<typeof guest.guestDoorbell>;
export type GuestIommu = ModelOf<typeof guest.guestIommu>;
export type Passthrough = ModelOf<typeof guest.passthrough>;
export type Fleet = ModelOf<typeof fleet.fleetFile>;
export type MigrationGroup = ModelOf<typeof fleet.migrationGroup>;
