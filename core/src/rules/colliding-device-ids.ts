// Two requesters have the same device id at one ITS.
import { under } from "../anchor";
import type { DeviceIdCollision } from "../plan/deviceIds";
import { deviceIdCollisions } from "../plan/deviceIds";
import { printIdRange } from "../pciAddress";
import { printAddress } from "../print";
import { defineRule, notChecked } from "../rule";

export const collidingDeviceIds = defineRule<DeviceIdCollision>({
  id: "colliding-device-ids",
  catalogue: "MSI015",
  severity: "warning",
  since: "0.1.0",
  summary: "Two MSI mappings give different requesters the same device id at one ITS.",
  why: `An ITS knows a device by its device id, and looks up there which interrupts it has. Two functions with one device id share that table: the driver that comes
second is refused its interrupts, or both get each other's. With several host bridges the device id is usually the segment in front of the
requester id; a mapping that was copied from another bridge forgets that.

Ids on buses that a host bridge does not own are not counted.`,
  sources: ["Arm GIC architecture, ITS: device table", "Devicetree bindings, pci-msi", "domain.md 4.3"],
  bad: [
    {
      text: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x0808_0000", "size": "128K" }],
  "pci": [
    { "name": "pcie0", "segment": 0, "msi": [{ "ids": "0000-ffff", "to": "its0", "deviceIds": "0x0" }] },
    //                                                                                        ~~~~~ pcie0 has device ids 0000-ffff at its0
    { "name": "pcie1", "segment": 1, "msi": [{ "ids": "0000-ffff", "to": "its0", "deviceIds": "0x8000" }] },
    //                                                                                        ^^^^^^^^ warning: functions below pcie1 and below pcie0 have the same device ids at its0: 8000-ffff
  ],
}`,
      fixed: `{
  "platform": "board",
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x0808_0000", "size": "128K" }],
  "pci": [
    { "name": "pcie0", "segment": 0, "msi": [{ "ids": "0000-ffff", "to": "its0", "deviceIds": "0x0" }] },
    { "name": "pcie1", "segment": 1, "msi": [{ "ids": "0000-ffff", "to": "its0", "deviceIds": "0x2_0000" }] },
  ],
}`,
    },
  ],
  good: [
    `{
  "platform": "board",
  "doorbells": [
    { "name": "its0", "type": "its", "base": "0x0808_0000", "size": "128K" },
    { "name": "its1", "type": "its", "base": "0x0810_0000", "size": "128K" },
  ],
  "pci": [
    { "name": "pcie0", "segment": 0, "buses": "00-0f", "msi": [{ "ids": "0000-ffff", "to": "its0", "deviceIds": "0x0" }] },
    { "name": "pcie1", "segment": 0, "buses": "10-1f", "msi": [{ "ids": "0000-ffff", "to": "its0", "deviceIds": "0x0" }] },
    { "name": "pcie2", "segment": 1, "msi": [{ "ids": "0000-ffff", "to": "its0", "deviceIds": "0x1_0000" }] },
    { "name": "pcie3", "segment": 2, "msi": [{ "ids": "0000-ffff", "to": "its1", "deviceIds": "0x0" }] },
  ],
}`,
  ],
  *check(plan) {
    const hasIts = plan.platform.doorbells?.some((one) => one.type === "its");
    for (const { msi, name } of hasIts ? (plan.platform.pci ?? []) : []) if (msi === "unknown") yield notChecked(`where the MSIs of ${name} go is unknown`);
    for (const collision of deviceIdCollisions(plan)) {
      const { earlier, later, doorbell } = collision;
      const message = `${earlier.bridge.name} has device ids ${printIdRange(earlier)} at ${doorbell.name}`;
      yield { at: under(later.mapping.anchor, "deviceIds"), data: collision, related: [{ at: under(earlier.mapping.anchor, "deviceIds"), message }] };
    }
  },
  message({ doorbell, earlier, later, shared }) {
    const [one, other] = [later.bridge.name, earlier.bridge.name];
    const who = one === other ? `different functions below ${one}` : `functions below ${one} and below ${other}`;
    return `${who} have the same device ${shared.first === shared.last ? "id" : "ids"} at ${doorbell.name}: ${printIdRange(shared)}`;
  },
  fix({ at, data: { later, doorbell, free } }) {
    if ("start" in at) return [];
    const base = printAddress(BigInt(free));
    return [{ title: `Give ${later.bridge.name} the device ids from ${base} at ${doorbell.name}`, edits: [{ op: "replace", at, value: { json: base } }] }];
  },
});
