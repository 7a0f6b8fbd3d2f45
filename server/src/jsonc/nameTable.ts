// The names that a document declares. While it is read, the table only tells whether a name was there before; the map by name, which costs as much again
// as the entries themselves, is made when somebody looks one up. Knows nothing of what names mean.
import type { Model } from "./recordLayout";

/** A map that is made when somebody first asks it something. */
export class LazyMap<K, V> implements ReadonlyMap<K, V> {
  private made: ReadonlyMap<K, V> | undefined;

  constructor(private readonly make: () => ReadonlyMap<K, V>) {}

  get size(): number {
    return this.map.size;
  }

  get(key: K): V | undefined {
    return this.map.get(key);
  }

  has(key: K): boolean {
    return this.map.has(key);
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    this.map.forEach(visit);
  }

  entries(): MapIterator<[K, V]> {
    return this.map.entries();
  }

  keys(): MapIterator<K> {
    return this.map.keys();
  }

  values(): MapIterator<V> {
    return this.map.values();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.map.entries();
  }

  private get map(): ReadonlyMap<K, V> {
    return (this.made ??= this.make());
  }
}

const FIRST_ROOM = 64;

/** More steps than these to find a name, and somebody chose the names for that; the engine's own maps cannot be foreseen. */
const MOST_STEPS = 64;

/** Collects names. Open addressing: a slot holds one more than the index of a name, so that 0 is free. */
export class NameTable {
  /** The names in their order. Not to be asked before all are there. */
  readonly byName: ReadonlyMap<string, Model> = new LazyMap(() => new Map(this.declared.map((model) => [model["name"] as string, model])));
  private readonly declared: Model[] = [];
  private crowded: Map<string, Model> | undefined;
  private hashes = new Int32Array(FIRST_ROOM);
  private slots = new Int32Array(2 * FIRST_ROOM);

  /** Takes a name with what declares it. Gives what declared it before, and then changes nothing. */
  declare(name: string, model: Model): Model | undefined {
    const hash = hashOf(name);
    const slot = this.crowded ? -1 : this.slotOf(name, hash);
    if (slot < 0) return this.declareInMap(name, model);
    const known = this.slots[slot] as number;
    if (known > 0) return this.declared[known - 1];
    const index = this.declared.push(model);
    this.slots[slot] = index;
    this.hashes[index - 1] = hash;
    if (index === this.hashes.length) this.grow();
    return undefined;
  }

  /** The slot that holds the name, or the free one where it belongs; −1 when that is not found soon. */
  private slotOf(name: string, hash: number): number {
    const { slots, hashes, declared } = this;
    const mask = slots.length - 1;
    for (let step = 0; step < MOST_STEPS; step++) {
      const slot = (hash + step) & mask;
      const index = (slots[slot] as number) - 1;
      if (index < 0 || (hashes[index] === hash && declared[index]?.["name"] === name)) return slot;
    }
    return -1;
  }

  private declareInMap(name: string, model: Model): Model | undefined {
    const map = (this.crowded ??= new Map(this.declared.map((one) => [one["name"] as string, one])));
    const known = map.get(name);
    if (known) return known;
    map.set(name, model);
    this.declared.push(model);
    return undefined;
  }

  private grow(): void {
    const hashes = new Int32Array(2 * this.hashes.length);
    hashes.set(this.hashes);
    const slots = new Int32Array(2 * hashes.length);
    const mask = slots.length - 1;
    for (let index = 0; index < this.hashes.length; index++) {
      let slot = (this.hashes[index] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.hashes = hashes;
    this.slots = slots;
  }
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}
