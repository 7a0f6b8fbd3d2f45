// The host where there is no disk and no program: nothing is anywhere. What a client hands over is read elsewhere.
import { MemoryFiles, memoryHost } from "../memoryHost";

export const noDisk = memoryHost(new MemoryFiles());
