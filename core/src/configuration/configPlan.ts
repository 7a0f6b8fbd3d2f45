// The plan of a configuration file: what it says, and nothing that follows. Knows nothing of the files that it is for.
import type { FileReading } from "../plan/filePlan";
import { FilePlan } from "../plan/filePlan";
import type { Configuration } from "./configFile";

export class ConfigPlan extends FilePlan {
  readonly kind = "config";
  readonly configuration: Configuration;

  constructor(reading: FileReading<Configuration>) {
    super(reading);
    this.configuration = reading.value;
  }
}
