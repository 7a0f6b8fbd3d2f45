// `platmap map`: the memory map as text, JSON or picture; the holes; whose an address is. Knows nothing of how a map is made or drawn.
import { Command, Option } from "commander";
import type { MapLane, MapModel, Space } from "../../../core/src/index";
import { arrangeLanes, defaultLanes, locateAddress, parseAddress, printPicture } from "../../../core/src/index";
import type { Host, Output } from "../host";
import { ExitCode } from "./exitCode";
import { readMap } from "./mapInput";
import { printJsonFree, printJsonPlaces, printTextFree, printTextPlaces } from "./report/mapAnswers";
import { printJsonMap } from "./report/mapJson";
import { printTextMap } from "./report/mapText";
import { UsageError } from "./usageError";
import { writePicture } from "./writePicture";
import { wrapLines } from "./report/wrapLines";

interface MapOptions {
  readonly format: "text" | "json";
  readonly svg?: string;
  readonly free?: true;
  readonly at?: string;
  readonly space?: Space;
  readonly lane?: readonly string[];
  readonly all?: true;
  readonly color: boolean;
}

export function mapCommand(host: Host, output: Output, finish: (code: ExitCode) => void): Command {
  return new Command("map")
    .summary("the memory map as text or picture; what is free; whose an address is")
    .description(
      "Shows what lies where: the physical map, the buses below each PCI host bridge, and what devices can address behind an IOMMU; of a guest, where its memory lies and what each host forbids. Addresses of different spaces are never mixed: each has a lane of its own.",
    )
    .argument("<file>", "a platform or guest file; - is standard input")
    .option("--svg <file>", "write a picture that stands by itself, light and dark; - is standard output")
    .addOption(new Option("--free", "only the holes").conflicts(["at", "svg"]))
    .addOption(new Option("--at <address>", "whose this address is in every space, and what it becomes in the others").conflicts("svg"))
    .addOption(new Option("--space <space>", "only lanes of this space").choices(["pa", "bus", "io", "iova", "ipa"]))
    .option("--lane <id...>", "only these lanes (default: those that say most)")
    .option("--all", "every lane, and nothing folded")
    .addOption(new Option("--format <format>", "form of the output").choices(["text", "json"]).default("text"))
    .addOption(new Option("--no-color", "no colours (NO_COLOR does the same)"))
    .action((file: string, options: MapOptions) => finish(runMap(file, options, host, output)));
}

function runMap(file: string, options: MapOptions, host: Host, output: Output): ExitCode {
  const { model, errors } = readMap(file, host);
  const color = options.color && output.color;
  if (options.svg !== undefined) writePicture(options.svg, printPicture(model, { lanes: lanesFor(model, options, "picture").map(({ id }) => id) }), host, output);
  else output.out(wrapLines(answer(model, options, color), options.format === "text" ? output.width : undefined));
  if (errors > 0) output.err(`${file}: not everything could be read, so regions may be missing; platmap check says what\n`);
  return ExitCode.Clean;
}

function answer(model: MapModel, options: MapOptions, color: boolean): string {
  const isJson = options.format === "json";
  if (options.at !== undefined) {
    const address = addressFrom(options.at);
    const lanes = lanesFor(model, options, "everything");
    const places = locateAddress(model, address, options.space).filter(({ lane }) => lanes.includes(lane));
    return isJson ? printJsonPlaces(model.title, address, places) : printTextPlaces(address, places, color);
  }
  if (options.free) {
    const lanes = lanesFor(model, options, "everything").filter(({ gap }) => gap !== undefined);
    return isJson ? printJsonFree(model, lanes) : printTextFree(model, lanes, color);
  }
  return isJson ? printJsonMap(model, lanesFor(model, options, "everything")) : printTextMap(model, lanesFor(model, options, "text"), options.all === true, color);
}

/** Programs get everything unless they say what they want; people get what says most. */
function lanesFor(model: MapModel, { lane: wanted, space, all }: MapOptions, use: "picture" | "text" | "everything"): readonly MapLane[] {
  const unknown = wanted?.find((id) => !model.lanes.some((lane) => lane.id === id));
  if (unknown !== undefined) throw new UsageError(`there is no lane "${unknown}"; there are ${model.lanes.map(({ id }) => id).join(", ")}`);
  const ids = wanted ?? (all || space !== undefined || use === "everything" ? model.lanes.map(({ id }) => id) : defaultLanes(model));
  const lanes = use === "picture" ? arrangeLanes(model, ids) : model.lanes.filter(({ id }) => ids.includes(id));
  return space === undefined ? lanes : lanes.filter((lane) => lane.space === space);
}

function addressFrom(text: string): bigint {
  const read = parseAddress(text.trim());
  if (typeof read === "bigint") return read;
  throw new UsageError(`"${text}" is not an address: ${read.because}${read.suggestion === undefined ? "" : ` (${read.suggestion}?)`}`);
}
