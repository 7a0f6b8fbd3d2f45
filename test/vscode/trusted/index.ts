// What VS Code calls to run the tests of this folder.
import { runSuite } from "../runSuite";

export const run = (): Promise<void> => runSuite(__dirname);
