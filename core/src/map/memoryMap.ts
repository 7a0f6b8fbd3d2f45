// The memory map of a file of any kind that has one. Knows nothing of what is in it.
import type { Finding } from "../finding";
import { GuestPlan } from "../guest/guestPlan";
import type { FilePlan } from "../plan/filePlan";
import { Plan } from "../plan/plan";
import { guestMap } from "./guestMap";
import type { MapModel } from "./mapModel";
import { platformMap } from "./platformMap";

/** Undefined for a file that describes neither a machine nor a guest. */
export function memoryMap(plan: FilePlan, findings: readonly Finding[]): MapModel | undefined {
  if (plan instanceof Plan) return platformMap(plan, findings);
  return plan instanceof GuestPlan ? guestMap(plan, findings) : undefined;
}
