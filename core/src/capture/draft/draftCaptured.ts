// The `captured` part of a draft: what the running machine said, word for word. Knows nothing of what the author may
// claim.
import type { Capture } from "../capture";
import type { DraftMember, DraftValue } from "./draft";
import { list, listUnlessEmpty, record } from "./draft";
import { inclusive } from "./places";

/**
 * The kernel's release, command line, groups, IOMMUs and the firmware's map; `source` says what was read. Keys without
 * facts are absent.
 */
export function draftCaptured(capture: Capture, source: string): DraftMember {
  return {
    key: "captured",
    comment: ["What the running machine said: facts to compare with, not claims."],
    value: record({
      kernel: capture.system.release,
      commandLine: capture.system.commandLine,
      source,
      groups: listUnlessEmpty(capture.groups.map(groupOf)),
      iommus:
        capture.iommus.length === 0
          ? undefined
          : record(Object.fromEntries(capture.iommus.map((one) => [one.name, list(one.devices)]))),
      firmwareMap: listUnlessEmpty(
        capture.firmwareMap.map((one) => record({ range: inclusive(one), type: one.type, source: one.source })),
      ),
    }),
  };
}

function groupOf(group: Capture["groups"][number]): DraftValue {
  return record({
    id: group.id,
    type: group.type,
    devices: list(group.devices),
    reserved:
      group.reserved && list(group.reserved.map((region) => record({ range: inclusive(region), type: region.type }))),
  });
}
