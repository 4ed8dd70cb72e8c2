import { Hono } from "hono/tiny";

/** Parses a body and answers 202 with one of the usual size: the least that any service of this kind does. */
const app = new Hono();

app.get("/health", (c) => c.text("ok"));
app.post("/", async (c) => {
  const { shipment_id: shipmentId } = await c.req.json<{ shipment_id: string }>();
  const deliveries = ["Email", "SMS", "Whatsapp"].map((channel) => ({ delivery_id: `dlv_${shipmentId}`, channel }));
  return c.json({ status: 202, message: "Accepted.", update_id: `upd_${shipmentId}`, deliveries, skipped: [] }, 202);
});

export default app;
