// From when on Linux refuses to give a guest what firmware wants mapped one to one. Knows nothing of functions and regions.
import type { Iommu } from "../../platform";
import type { Plan } from "../plan";
import { isAtLeast, KERNEL_CHANGES, parseKernelVersion } from "./kernel";

/** What Linux does about a direct region behind some IOMMUs. */
export interface DirectRegionRefusal {
  /** The captured kernel refuses. False also where no kernel was captured: then nobody knows. */
  readonly isCertain: boolean;
  /** What to say behind "Linux refuses": from which release on, where the captured kernel may not. */
  readonly since: string;
}

/** Intel's driver refused before the IOMMU core did for all (domain.md 1.5). @param iommus those in front of the group */
export function directRegionRefusal({ platform }: Plan, iommus: readonly Iommu[]): DirectRegionRefusal {
  const kernel = platform.captured?.kernel === undefined ? undefined : parseKernelVersion(platform.captured.kernel);
  const always = iommus.some(({ type }) => type === "vt-d");
  const isCertain = kernel !== undefined && (always || isAtLeast(kernel, KERNEL_CHANGES.directRefused));
  return { isCertain, since: isCertain || always ? "" : " from 6.6 on" };
}
