// What a client says of itself in its first request, as far as answers depend on it. Knows nothing of what is answered.
import type { ClientCapabilities, InitializeParams } from "vscode-languageserver";
import { pullsDiagnostics } from "./capabilities";
import type { CompletionOptions } from "./completionItems";
import { completionOptions } from "./completionItems";

export interface ClientAbilities {
  /** It asks for diagnostics; one that does not is pushed to. */
  readonly pulls: boolean;
  /** It asks for diagnostics again when it is told to. */
  readonly refreshes: boolean;
  /** It tells of files that change without being open, once it knows of which. */
  readonly watches: boolean;
  /** It has folders that come and go. */
  readonly changesFolders: boolean;
  /** It can be asked for settings; one that cannot pushes them. */
  readonly answersForSettings: boolean;
  /** It tells that settings have changed only when it is asked to. */
  readonly registersForSettings: boolean;
  readonly showsProgress: boolean;
  readonly definitionLinks: boolean;
  readonly completion: CompletionOptions;
  readonly actions: ActionAbilities;
  /** Platmap's own: it shows how a file stands. */
  readonly showsStatus: boolean;
  /** Platmap's own: it has views for a plan and for a simulation. */
  readonly showsViews: boolean;
}

/** What findings, and actions that mend them, can say. */
export interface ActionAbilities {
  readonly relatedInformation: boolean;
  /** The client takes snippets in edits. */
  readonly snippetEdits: boolean;
  /** The client asks for an action's edit when it is chosen. */
  readonly resolvesEdits: boolean;
  /** The client can show what an edit does before it is done. */
  readonly annotations: boolean;
  /** The client can make files as a part of an edit. */
  readonly createsFiles: boolean;
}

export function abilitiesOf({ capabilities, initializationOptions }: Pick<InitializeParams, "capabilities" | "initializationOptions">): ClientAbilities {
  const { textDocument, workspace, window } = capabilities;
  const offers = (initializationOptions ?? {}) as { status?: unknown; views?: unknown };
  return {
    pulls: pullsDiagnostics(capabilities),
    refreshes: workspace?.diagnostics?.refreshSupport ?? false,
    watches: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    changesFolders: workspace?.workspaceFolders ?? false,
    answersForSettings: workspace?.configuration ?? false,
    registersForSettings: workspace?.didChangeConfiguration?.dynamicRegistration ?? false,
    showsProgress: window?.workDoneProgress ?? false,
    definitionLinks: textDocument?.definition?.linkSupport ?? false,
    completion: completionOptions(capabilities),
    actions: actionsOf(capabilities),
    showsStatus: offers.status === true,
    showsViews: offers.views === true,
  };
}

function actionsOf({ textDocument, workspace }: ClientCapabilities): ActionAbilities {
  const { codeAction } = textDocument ?? {};
  const { changeAnnotationSupport, documentChanges = false, resourceOperations = [], snippetEditSupport = false } = workspace?.workspaceEdit ?? {};
  return {
    // One that says nothing of it takes it.
    relatedInformation: textDocument?.publishDiagnostics?.relatedInformation ?? textDocument?.diagnostic?.relatedInformation ?? true,
    snippetEdits: snippetEditSupport,
    resolvesEdits: (codeAction?.dataSupport ?? false) && (codeAction?.resolveSupport?.properties.includes("edit") ?? false),
    annotations: changeAnnotationSupport !== undefined && documentChanges,
    createsFiles: documentChanges && resourceOperations.includes("create"),
  };
}
