// Whether the captured kernel refuses to give a guest what firmware wants mapped one to one. Knows nothing of functions and regions.
import type { Plan } from "../plan";
import { isAtLeast, parseKernelVersion } from "./kernel";

/** The first kernel that refuses (domain.md 1.5: "since about"). */
const REFUSING_KERNEL = { major: 6, minor: 6 };

/** False also where no kernel was captured: then nobody knows. */
export function refusesDirectRegions({ platform }: Plan): boolean {
  const kernel = platform.captured?.kernel === undefined ? undefined : parseKernelVersion(platform.captured.kernel);
  return kernel !== undefined && isAtLeast(kernel, REFUSING_KERNEL);
}
