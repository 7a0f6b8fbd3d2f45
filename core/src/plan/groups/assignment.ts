// Groups in the making: who is in which one, and how each function came into it. Knows no rule by which groups are
// made.
import type { PciNode } from "../pciTree";

/** Why a function is in the group of another (cli.md). */
export type Because =
  "dma-alias" | "dma-alias-quirk" | "acs-path" | "multifunction" | "same-stream" | "bus-not-isolated";

/** A function's way into a group that was there before it. */
export interface Join {
  readonly because: Because;
  /** The function whose group it is. */
  readonly joins: PciNode;
  /**
   * What is to blame: ports that do not isolate, the nearest first; the bridge that aliases; the function that does not
   * isolate itself.
   */
  readonly blame: readonly PciNode[];
  /** The port or bridge that the function came in by, where it is neither the function itself nor what it joins. */
  readonly through?: PciNode;
}

/** A group: its founder first, then in the order in which they came. */
export class Group {
  readonly members: PciNode[] = [];
  readonly joins = new Map<PciNode, Join>();
  /** What is below this group is in it too (domain.md 2.7). */
  isNonIsolated = false;
}

export class Assignment {
  readonly groups: Group[] = [];
  private readonly byFunction = new Map<PciNode, Group>();

  groupOf(node: PciNode): Group | undefined {
    return this.byFunction.get(node);
  }

  found(node: PciNode): Group {
    const group = new Group();
    this.groups.push(group);
    this.enter(group, node);
    return group;
  }

  /** Puts a function into the group of `join.joins`, which has one. */
  join(node: PciNode, join: Join): Group {
    const group = this.byFunction.get(join.joins) ?? this.found(join.joins);
    group.joins.set(node, join);
    this.enter(group, node);
    return group;
  }

  private enter(group: Group, node: PciNode): void {
    group.members.push(node);
    this.byFunction.set(node, group);
  }
}

/** What the rules of grouping ask about a function, with what is unknown decided one way or the other. */
export interface Decisions {
  /** The ACS test of the function itself. */
  isolates(node: PciNode): boolean;
  /** Whether requester ids change at the bridge: an alias of what is below it. */
  aliases(bridge: PciNode): boolean;
}
