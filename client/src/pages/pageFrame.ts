// The frame of our pages: what may be loaded and run in them. Nothing of a document is in it. Knows nothing of what the pages are for.
import type * as vscode from "vscode";

/** What makes a page: all of it from the extension, nothing from a document. */
export interface PageParts {
  readonly title: string;
  /** Files of the extension's `dist`. */
  readonly styles: readonly string[];
  readonly script: string;
  /** HTML. */
  readonly body: string;
}

/** The page; scripts and styles come from the extension's own folder alone. */
export function pageFrame(webview: vscode.Webview, extensionUri: vscode.Uri, { title, styles, script, body }: PageParts): string {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const file = (name: string): string => webview.asWebviewUri(extensionUri.with({ path: `${extensionUri.path}/dist/${name}` })).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${styles.map((name) => `<link rel="stylesheet" href="${file(name)}">`).join("\n")}
</head>
<body>
${body}
<script nonce="${nonce}" src="${file(script)}"></script>
</body>
</html>`;
}
