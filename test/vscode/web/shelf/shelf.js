// A file system in memory, on a machine and in a browser: it begins with what files.json beside this script says. Like many of them it has no search, and tells of
// its own changes. Knows nothing of the language.
const vscode = require("vscode");

exports.activate = async (context) => {
  const files = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(context.extensionUri, "files.json"));
  const shelf = new Shelf(Object.entries(JSON.parse(new TextDecoder().decode(files))));
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider("shelf", shelf, { isCaseSensitive: true }));
};

class Shelf {
  changes = new vscode.EventEmitter();
  onDidChangeFile = this.changes.event;
  files = new Map();

  constructor(entries) {
    const now = 1;
    for (const [path, text] of entries) this.files.set(path, { bytes: new TextEncoder().encode(text), mtime: now });
  }

  watch() {
    return new vscode.Disposable(() => undefined);
  }

  stat({ path }) {
    const file = this.files.get(path);
    if (file) return { type: vscode.FileType.File, ctime: 0, mtime: file.mtime, size: file.bytes.length };
    if (!this.isFolder(path)) throw vscode.FileSystemError.FileNotFound(path);
    return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
  }

  isFolder(path) {
    return path === "/" || [...this.files.keys()].some((one) => one.startsWith(`${path}/`));
  }

  readDirectory({ path }) {
    const prefix = path === "/" ? "/" : `${path}/`;
    const names = new Map();
    for (const one of this.files.keys()) {
      if (!one.startsWith(prefix)) continue;
      const [name, ...below] = one.slice(prefix.length).split("/");
      names.set(name, below.length > 0 ? vscode.FileType.Directory : vscode.FileType.File);
    }
    return [...names];
  }

  readFile({ path }) {
    const file = this.files.get(path);
    if (!file) throw vscode.FileSystemError.FileNotFound(path);
    return file.bytes;
  }

  writeFile(uri, bytes) {
    const known = this.files.get(uri.path);
    this.files.set(uri.path, { bytes, mtime: (known?.mtime ?? 0) + 1 });
    this.changes.fire([{ type: known ? vscode.FileChangeType.Changed : vscode.FileChangeType.Created, uri }]);
  }

  delete(uri) {
    for (const one of [...this.files.keys()]) if (one === uri.path || one.startsWith(`${uri.path}/`)) this.files.delete(one);
    this.changes.fire([{ type: vscode.FileChangeType.Deleted, uri }]);
  }

  rename(from, to) {
    this.writeFile(to, this.readFile(from));
    this.delete(from);
  }

  createDirectory() {}
}
