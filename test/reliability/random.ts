// Choices that look random and are the same in every run. Knows nothing of what is chosen.
import { numbers } from "../core/repeatable";

export class Random {
  private readonly stream: Generator<bigint>;

  constructor(seed: number) {
    this.stream = numbers(BigInt(seed));
  }

  /** A 64-bit number. */
  word(): bigint {
    return this.stream.next().value as bigint;
  }

  /** A whole number from 0 to below `end`; 0 where there is none. */
  below(end: number): number {
    return end <= 1 ? 0 : Number(this.word() % BigInt(end));
  }

  /** True `percent` times in a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of several. There must be one. */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error("there is nothing to pick from");
    return from[this.below(from.length)] as T;
  }

  /** One of several by their weights. */
  weighted<T>(from: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.below(from.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of from) if ((left -= weight) < 0) return value;
    throw new Error("there is nothing to pick from");
  }
}
