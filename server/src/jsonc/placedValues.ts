// Where things of the model stand and lie, as small objects that work out what few ever ask for. Knows nothing of how a text is read.
import type { Address, AddressRange, Anchor, Extent, ExtentForm, FileId, Path, Space } from "../../../core/src/index";
import { under } from "../../../core/src/index";
import type { WrittenForm } from "./recordLayout";

/** The anchor of an entry, which works out its path when somebody asks: most are never asked. */
export class StepAnchor implements Anchor {
  constructor(
    private readonly parent: Anchor,
    private readonly step: string | number,
  ) {}

  get file(): FileId {
    return this.parent.file;
  }

  get part(): "value" {
    return "value";
  }

  get path(): Path {
    return [...this.parent.path, this.step];
  }
}

/** An extent that is its only range, and works out its anchor when somebody asks: documents have many, and most are never asked. */
export class SingleExtent implements Extent, AddressRange<Space> {
  constructor(
    readonly base: Address<Space>,
    readonly end: Address<Space>,
    private readonly entry: Anchor,
    private readonly written: WrittenForm,
  ) {}

  get form(): ExtentForm {
    return this.written.form;
  }

  get ranges(): Extent["ranges"] {
    return [this];
  }

  get at(): Anchor {
    return under(this.entry, this.written.key);
  }
}

export class SeveralExtent implements Extent {
  readonly form = "ranges";

  constructor(
    readonly ranges: Extent["ranges"],
    private readonly entry: Anchor,
    private readonly key: string,
  ) {}

  get at(): Anchor {
    return under(this.entry, this.key);
  }
}
