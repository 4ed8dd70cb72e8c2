/** A mail that was sent, as its events speak of it. */
export type SentMail = { enterpriseId: string; attemptId: string; providerId: string };

/**
 * What SendGrid tells of so many mails, in one array of about 2.2 events each: that it took them, that some had to wait, how
 * they ended. Of every `optOutEvery`-th it is the first time that its recipient must not be written to again;
 * infinite for none.
 */
export function eventsOf(mails: readonly SentMail[], optOutEvery: number): object[] {
  const now = Math.floor(Date.now() / 1000);
  const event = ({ enterpriseId, attemptId, providerId }: SentMail, name: string, age: number, more: object = {}) => ({
    email: `orders@${enterpriseId}.example`,
    timestamp: now - age,
    "smtp-id": `<${providerId}@geopod-ismtpd-1>`,
    event: name,
    sg_event_id: `${name}-${attemptId}`,
    sg_message_id: `${providerId}.filterdrecv-1`,
    enterprise_id: enterpriseId,
    attempt_id: attemptId,
    ...more,
  });
  const deferral = { response: "451 try again later", attempt: "1" };
  const block = { type: "blocked", status: "4.7.1", reason: "450 4.7.1 not now" };
  const bounce = { type: "bounce", status: "5.1.1", reason: "550 5.1.1 there is no such mailbox" };
  const ended = (mail: SentMail, number: number): object[] => {
    if (number % optOutEvery !== optOutEvery - 1) {
      return number % 50 === 0 ? [event(mail, "bounce", 1, block)] : [event(mail, "delivered", 1)];
    }
    const isBounce = Math.floor(number / optOutEvery) % 2 === 0;
    return isBounce ? [event(mail, "bounce", 1, bounce)] : [event(mail, "delivered", 2), event(mail, "spamreport", 1)];
  };
  return mails.flatMap((mail, number) => [
    event(mail, "processed", 5),
    ...(number % 5 === 0 ? [event(mail, "deferred", 4, deferral)] : []),
    ...ended(mail, number),
  ]);
}
