// The file system in memory: what is read, listed and told of changes. Knows nothing of who fills it.
import assert from "node:assert/strict";
import { MemoryFiles, memoryHost } from "../../server/src/memoryHost";

describe("files in memory", () => {
  let files: MemoryFiles;
  const host = (): ReturnType<typeof memoryHost> => memoryHost(files);
  beforeEach(() => {
    files = new MemoryFiles();
    files.set("/a/one.platform.jsonc", { text: "{}" });
    files.set("/a/b/two.platform.jsonc", { text: "// ä" });
    files.set("/a/b/three.platform.jsonc", { because: "it is not UTF-8 text" });
  });

  it("are read as bytes, or the reason is said", () => {
    assert.deepEqual(host().readFile("/a/b/two.platform.jsonc"), new Uint8Array(Buffer.from("// ä")));
    assert.throws(() => host().readFile("/a/b/three.platform.jsonc"), { message: "it is not UTF-8 text" });
    assert.throws(() => host().readFile("/a"), { message: "there is no such file or folder" });
  });

  it("are in folders, which are there as long as there is a file below them", () => {
    assert.deepEqual(["/", "/a", "/a/b", "/a/one.platform.jsonc", "/a/c", "/a/b/two"].map((path) => host().kindOf(path)), ["folder", "folder", "folder", "file", undefined, undefined]);
    assert.deepEqual(host().listFolder("/a"), ["b", "one.platform.jsonc"]);
    assert.deepEqual(host().listFolder("/a/b"), ["three.platform.jsonc", "two.platform.jsonc"]);
    files.delete("/a/b/two.platform.jsonc");
    assert.deepEqual(host().listFolder("/a"), ["b", "one.platform.jsonc"]);
    files.delete("/a/b/three.platform.jsonc");
    assert.equal(host().kindOf("/a/b"), undefined);
    assert.throws(() => host().listFolder("/a/b"));
    assert.deepEqual(host().listFolder("/a"), ["one.platform.jsonc"]);
    files.delete("/a/one.platform.jsonc");
    assert.equal(host().kindOf("/"), undefined);
  });

  it("have another state after each change, and only then", () => {
    const states = [{ text: "{}" }, { text: "{ }" }, { because: "it is larger than 64 MiB" }, { because: "it is larger than 64 MiB" }, { text: "{}" }].map((file) => {
      files.set("/a/one.platform.jsonc", file);
      return host().stateOf("/a/one.platform.jsonc");
    });
    assert.equal(states[2], states[3]);
    assert.equal(new Set(states).size, 4);
    assert.equal(host().stateOf("/a"), undefined);
  });

  it("come back with another state", () => {
    const before = host().stateOf("/a/one.platform.jsonc");
    files.delete("/a/one.platform.jsonc");
    assert.equal(host().stateOf("/a/one.platform.jsonc"), undefined);
    files.set("/a/one.platform.jsonc", { text: "{ }" });
    assert.notEqual(host().stateOf("/a/one.platform.jsonc"), before);
  });

  it("are counted as a plain set of paths says, whatever is written and deleted", () => {
    const all = new Set<string>();
    const paths = ["/x/1", "/x/2", "/x/y/1", "/x/y/z/1", "/x/y/z/2", "/v"];
    for (let step = 0; step < 400; step++) {
      const path = paths[(step * 7 + (step >> 3)) % paths.length] as string;
      if ((step * 5) % 3 === 0) {
        files.delete(path);
        all.delete(path);
      } else {
        files.set(path, { text: String(step) });
        all.add(path);
      }
      for (const folder of ["/x", "/x/y", "/x/y/z"]) {
        const names = [...new Set([...all].filter((one) => one.startsWith(`${folder}/`)).map((one) => one.slice(folder.length + 1).split("/")[0]))].sort();
        assert.deepEqual(files.namesIn(folder) ?? [], names);
      }
    }
  });

  it("write nothing and start nothing", () => {
    assert.throws(() => host().writeFile("/a/one.platform.jsonc", "{}"), { message: "/a/one.platform.jsonc cannot be written here" });
    assert.equal(host().run("git", []), undefined);
    assert.throws(() => host().readStandardInput());
  });
});
