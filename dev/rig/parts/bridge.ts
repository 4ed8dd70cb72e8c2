import { startBridge, type BridgeOptions } from "../../bridge/bridge.ts";
import { servePart } from "./serve-part.ts";

servePart(async (options: BridgeOptions) => {
  const { url } = await startBridge(options);
  return { url };
});
