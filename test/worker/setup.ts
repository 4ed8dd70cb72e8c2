import { afterAll, afterEach, beforeEach } from "vitest";
import { queueAtRest } from "./kit.ts";
import { network } from "./network.ts";

beforeEach(() => network.open());
afterEach(() => network.expectNoStrangers());
afterAll(queueAtRest);
