import { expect, test } from "vitest";
import { readResponse } from "../../../bench/load/http-response.ts";

test.each([
  ["HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}", 202],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 200],
  ["HTTP/1.1 204 No Content\r\n\r\n", 204],
])("reads the response %j once it is whole", (response, status) => {
  const bytes = Buffer.from(response);
  expect(readResponse(bytes)).toMatchObject({ status, end: bytes.length });
  expect(readResponse(bytes.subarray(0, -1))).toBeNull();
});
