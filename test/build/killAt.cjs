// Preloaded into a program: ends it without warning in the middle of its Nth change to the file system (KILL_AT), as a power cut would.
// A write is cut after its first half. Knows nothing of the program.
const fs = require("node:fs");

const killAt = Number(process.env.KILL_AT);
let calls = 0;

for (const name of ["openSync", "fchmodSync", "writeFileSync", "writeSync", "fsyncSync", "closeSync", "renameSync", "rmSync"]) {
  const real = fs[name];
  fs[name] = (...args) => {
    // Node's own loading of the program opens files for reading.
    if (name === "openSync" && args[1] !== "w") return real(...args);
    calls += 1;
    if (calls === killAt) {
      if (name === "writeFileSync") real(args[0], args[1].slice(0, args[1].length / 2));
      process.kill(process.pid, "SIGKILL");
    }
    const result = real(...args);
    if (calls + 0.5 === killAt) process.kill(process.pid, "SIGKILL");
    return result;
  };
}
