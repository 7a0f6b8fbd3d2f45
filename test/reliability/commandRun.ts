// A program that runs commands of Platmap in this folder, one after the other, and prints what came of each as JSON. Whoever starts it can end it, when a
// command never comes to an end. Its argument is a JSON list of command lines. Knows nothing of what is expected.
import { platmap } from "../cli/commandLine";

void (async () => {
  const commands = JSON.parse(process.argv[2] ?? "[]") as string[][];
  const ran = [];
  for (const args of commands) ran.push(await platmap(process.cwd(), args));
  process.stdout.write(JSON.stringify(ran));
})();
