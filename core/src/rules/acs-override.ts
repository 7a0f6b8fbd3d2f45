// The captured kernel was told to believe in ACS that is not there.
import { under } from "../anchor";
import { acsOverrideIn } from "../plan/commandLine";
import { defineRule } from "../rule";

export const acsOverride = defineRule<{ readonly value: string }>({
  id: "acs-override",
  catalogue: "ACS008",
  severity: "error",
  since: "0.1.0",
  summary: "The captured kernel ran with `pcie_acs_override`, so its IOMMU groups do not show what is isolated.",
  why: `The parameter comes with a patch that Linux never took. It makes the kernel answer that ports or functions have ACS although they have not: the groups get
smaller on paper, while peer-to-peer requests go on past the IOMMU. A guest that gets one device can reach what is in the others.

Boot without it, and capture the machine again. There is no edit that would mend this: the captured groups are wrong, too.`,
  sources: ["domain.md 2.5"],
  bad: [
    {
      text: `{
  "platform": "pc",
  "captured": { "commandLine": "quiet intel_iommu=on pcie_acs_override=downstream,multifunction" },
  //                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: the kernel ran with pcie_acs_override=downstream,multifunction: what it keeps in different IOMMU groups may not be isolated
}`,
    },
  ],
  good: [`{ "platform": "pc", "captured": { "commandLine": "quiet intel_iommu=on" } }`],
  *check(plan) {
    const { captured } = plan.platform;
    const value = captured?.commandLine === undefined ? undefined : acsOverrideIn(captured.commandLine);
    if (captured && value !== undefined) yield { at: under(captured.anchor, "commandLine"), data: { value } };
  },
  message: ({ value }) => `the kernel ran with pcie_acs_override=${value}: what it keeps in different IOMMU groups may not be isolated`,
});
