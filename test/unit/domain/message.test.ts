import { expect, test } from "vitest";
import { originalMessage } from "../../../src/domain/message.ts";

test("a message is the original's sentence, for every kind of channel", () => {
  expect(originalMessage({ shipmentId: "S-1", status: "delivered", timestampText: "2026-06-15 12:00:00" })).toEqual({
    subject: "Order Status Update",
    text: "Shipment ID S-1 is delivered. Updated on 2026-06-15 12:00:00",
    html: "<p>Shipment ID S-1 is delivered. Updated on 2026-06-15 12:00:00</p>",
    contentSid: null,
    variables: { 1: "S-1", 2: "delivered", 3: "2026-06-15 12:00:00" },
  });
});

test("what the enterprise sent stays text in HTML, and stays as it was in plain text", () => {
  const { text, html, variables } = originalMessage({
    shipmentId: `<a href="x" title='y'>`,
    status: "&lt; & $& </p>",
    timestampText: "t",
  });
  expect(text).toBe(`Shipment ID <a href="x" title='y'> is &lt; & $& </p>. Updated on t`);
  expect(html).toBe(
    "<p>Shipment ID &lt;a href=&quot;x&quot; title=&#39;y&#39;&gt; is &amp;lt; &amp; $&amp; &lt;/p&gt;. Updated on t</p>",
  );
  expect(variables).toEqual({ 1: `<a href="x" title='y'>`, 2: "&lt; & $& </p>", 3: "t" });
});
