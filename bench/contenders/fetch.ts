type Env = { TWILIO_API_URL: string; TWILIO_ACCOUNT_SID: string; TWILIO_AUTH_TOKEN: string; PUBLIC_URL: string };

const AT_ONCE = 6;

let sent = 0;

/** Calls the provider as often as the body says, six at a time, with the same requests that the service makes. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.method === "GET") return new Response("ok");
    let left = ((await request.json()) as { calls: number }).calls;
    const url = `${env.TWILIO_API_URL}/2010-04-01/Accounts/${env.TWILIO_ACCOUNT_SID}/Messages.json`;
    const headers = {
      authorization: `Basic ${btoa(`${env.TWILIO_ACCOUNT_SID}:${env.TWILIO_AUTH_TOKEN}`)}`,
      "content-type": "application/x-www-form-urlencoded",
    };
    const callback = encodeURIComponent(`${env.PUBLIC_URL}/callbacks/twilio?enterprise=one-0&attempt=att_`);
    const send = async () => {
      while (left > 0) {
        left -= 1;
        const text = `Shipment+ID+SH-${(sent += 1)}+is+shipped.+Updated+on+2026-11-23+08%3A00%3A05`;
        const body = `To=%2B12025550100&From=%2B15005550006&Body=${text}&ValidityPeriod=14400&StatusCallback=${callback}${sent}`;
        const answer = await fetch(url, { method: "POST", headers, body });
        if (answer.status !== 201) throw new Error(`The provider answered ${answer.status}.`);
        await answer.text();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, send));
    return new Response(null, { status: 200 });
  },
};
