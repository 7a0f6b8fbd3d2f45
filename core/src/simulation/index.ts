// What the rest of the code may use of the simulation. Knows nothing itself.
export type { MemoryBank, MemoryConflict } from "../guest/memoryConflicts";
export { parseStep, printStep, STEP_FORMS } from "./step";
export type { Step, StepFault } from "./step";
export { simulate, stepFault } from "./simulate";
export type { MappedMemory, Objection, RunningGuest, StepResult, StepVerdict } from "./state";
