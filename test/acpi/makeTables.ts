// ACPI tables for tests, put together from structures by the specifications' layouts. Knows nothing of the readers.
import { le, made } from "./tables";

const DMAR_HEAD = [38, 0x01, ...le(0, 10)];

/** A DMAR with interrupt remapping and these structures. */
export function dmar(...structures: readonly (readonly number[])[]): Uint8Array {
  return made("DMAR", [...DMAR_HEAD, ...structures.flat()]);
}

/** A remapping unit; `includeAll` is INCLUDE_PCI_ALL. */
export function drhd(base: bigint, includeAll: boolean, ...scopes: readonly (readonly number[])[]): number[] {
  const body = scopes.flat();
  return [...le(0, 2), ...le(16 + body.length, 2), includeAll ? 1 : 0, 0, ...le(0, 2), ...le(base, 8), ...body];
}

/** Reserved memory, `last` inclusive. */
export function rmrr(base: bigint, last: bigint, ...scopes: readonly (readonly number[])[]): number[] {
  const body = scopes.flat();
  return [...le(1, 2), ...le(24 + body.length, 2), ...le(0, 2), ...le(0, 2), ...le(base, 8), ...le(last, 8), ...body];
}

/** A device scope: 1 is an endpoint, 2 a bridge, 3 an I/O APIC. `path`: device and function of each step. */
export function scope(
  type: number,
  bus: number,
  ...path: readonly (readonly [device: number, fn: number])[]
): number[] {
  return [type, 6 + 2 * path.length, ...le(0, 2), 0, bus, ...path.flat()];
}

/** Nodes of an IORT, with their offsets filled in by position. */
export function iort(...nodes: readonly (readonly number[])[]): Uint8Array {
  return made("IORT", [...le(nodes.length, 4), ...le(48, 4), ...le(0, 4), ...nodes.flat()]);
}

export interface Mapping {
  readonly input: number;
  /** As the table has it: the number of ids minus one. */
  readonly count: number;
  readonly output: number;
  readonly to: number;
  readonly single?: boolean;
}

function node(type: number, revision: number, data: readonly number[], mappings: readonly Mapping[]): number[] {
  const at = 16 + data.length;
  const bytes = mappings.flatMap(({ input, count, output, to, single }) =>
    [input, count, output, to, single === true ? 1 : 0].flatMap((one) => le(one, 4)),
  );
  return [
    type,
    ...le(at + bytes.length, 2),
    revision,
    ...le(0, 4),
    ...le(mappings.length, 4),
    ...le(mappings.length === 0 ? 0 : at, 4),
    ...data,
    ...bytes,
  ];
}

export function itsGroup(...ids: readonly number[]): number[] {
  return node(0, 1, [...le(ids.length, 4), ...ids.flatMap((id) => le(id, 4))], []);
}

export function rootComplex(segment: number, ...mappings: readonly Mapping[]): number[] {
  return node(2, 3, [...le(0, 8), ...le(0, 4), ...le(segment, 4), 64, 0, 0, 0], mappings);
}

export function namedComponent(name: string, ...mappings: readonly Mapping[]): number[] {
  const text = [...Buffer.from(`${name}\0`, "latin1")];
  return node(1, 4, [...le(0, 4), ...le(0, 8), 64, ...text, ...le(0, (4 - ((29 + text.length) % 4)) % 4)], mappings);
}

/** An SMMUv3 all of whose interrupts are wires. Model 1 is HiSilicon's, 2 Cavium's. */
export function smmuV3(base: bigint, model: number, ...mappings: readonly Mapping[]): number[] {
  return node(
    4,
    4,
    [
      ...le(base, 8),
      ...le(0, 4),
      ...le(0, 4),
      ...le(0, 8),
      ...le(model, 4),
      ...[74, 75, 77, 76, 0, 0].flatMap((one) => le(one, 4)),
    ],
    mappings,
  );
}

/** An SMMU of version 1 or 2; models 0, 2 and 4 are version 1. */
export function smmu(base: bigint, span: bigint, model: number, ...mappings: readonly Mapping[]): number[] {
  return node(3, 1, [...le(base, 8), ...le(span, 8), ...le(model, 4), ...le(0, 40)], mappings);
}

/** Reserved memory for the output ids of its mappings. */
export function reservedMemory(
  relaxable: boolean,
  regions: readonly (readonly [base: bigint, length: bigint])[],
  ...mappings: readonly Mapping[]
): number[] {
  const offset = 28 + 20 * mappings.length;
  const head = [...le(relaxable ? 1 : 0, 4), ...le(regions.length, 4), ...le(offset, 4)];
  const bytes = regions.flatMap(([base, length]) => [...le(base, 8), ...le(length, 8), ...le(0, 4)]);
  const whole = [...node(6, 3, head, mappings), ...bytes];
  whole.splice(1, 2, ...le(whole.length, 2));
  return whole;
}

/** A MADT of a GIC with one ITS of number 0. */
export function madt(itsBase: bigint): Uint8Array {
  return made("APIC", [
    ...le(0, 8),
    12,
    24,
    ...le(0, 6),
    ...le(0x800_0000, 8),
    ...le(0, 4),
    3,
    0,
    0,
    0,
    15,
    20,
    ...le(0, 2),
    ...le(0, 4),
    ...le(itsBase, 8),
    ...le(0, 4),
  ]);
}

/** A MADT of a GIC whose processors, as [redistributor, flags], say where their redistributors are. */
export function madtOfProcessors(version: number, ...processors: readonly (readonly [bigint, number])[]): Uint8Array {
  const entries = processors.flatMap(([base, flags], index) => [
    11, 80, ...le(0, 2), ...le(index, 4), ...le(index, 4), ...le(flags, 4), ...le(0, 44), ...le(base, 8), ...le(index, 8), ...le(0, 4),
  ]);
  return made("APIC", [...le(0, 8), 12, 24, ...le(0, 6), ...le(0x800_0000, 8), ...le(0, 4), version, 0, 0, 0, ...entries]);
}

/** A MADT of a GIC with one GICv2m frame. */
export function madtWithFrame(base: bigint): Uint8Array {
  return made("APIC", [
    ...le(0, 8),
    12,
    24,
    ...le(0, 6),
    ...le(0x800_0000, 8),
    ...le(0, 4),
    2,
    0,
    0,
    0,
    13,
    24,
    ...le(0, 2),
    ...le(0, 4),
    ...le(base, 8),
    ...le(0, 8),
  ]);
}

/** An MCFG of one segment with all buses. */
export function mcfg(base: bigint): Uint8Array {
  return made("MCFG", [...le(0, 8), ...le(base, 8), ...le(0, 2), 0, 0xff, ...le(0, 4)]);
}
