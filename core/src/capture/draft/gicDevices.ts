// The parts of Arm's interrupt controller as devices of a draft, from the MADT, for captures whose resources are not
// there. Knows nothing of doorbells.
import type { Madt } from "../acpi/madt";
import type { Occupant } from "./layout";

/** Register pages: one of 64 KiB from version 3 on, one of 4 KiB before (Arm IHI 0069, IHI 0048). */
const [DISTRIBUTOR_SIZE, OLD_DISTRIBUTOR_SIZE] = [0x1_0000n, 0x1000n];

/** Distributors and redistributors. A distributor of unknown version has an unknown size, and is left out. */
export function gicDevices(madt: Madt | undefined): Occupant[] {
  const distributors = (madt?.distributors ?? []).filter(({ version }) => version > 0);
  return [
    ...distributors.map(({ base, version }) =>
      device("GICD", base, base + (version >= 3 ? DISTRIBUTOR_SIZE : OLD_DISTRIBUTOR_SIZE) - 1n),
    ),
    ...(madt?.redistributors ?? []).map(({ base, last }) => device("GICR", base, last)),
  ];
}

function device(label: string, base: bigint, last: bigint): Occupant {
  return { kind: "device", label, labels: [label], base, last, inside: undefined, holes: [] };
}
