// The folder of the checkout, for tests that read files of the repository. Knows nothing of what is in it.
import path from "node:path";

export const repositoryRoot: string = path.resolve(__dirname, "../..");
