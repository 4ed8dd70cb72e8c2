import { afterEach, beforeEach } from "vitest";
import { network } from "./network.ts";

beforeEach(() => network.open());
afterEach(() => network.expectNoStrangers());
