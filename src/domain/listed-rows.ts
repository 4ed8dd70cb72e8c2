/** A delivery as it is listed. Instants in ms since the epoch; `dueAt` is set while it waits to be sent. */
export type ListedDelivery = {
  deliveryId: string;
  updateId: string;
  shipmentId: string;
  status: string;
  timestamp: number;
  channel: string;
  gateway: string;
  state: string;
  code: string | null;
  attempts: number;
  acceptedAt: number;
  dueAt: number | null;
  settledAt: number | null;
  expiresAt: number;
};

/** What a provider accepted. */
export type ListedLog = {
  notifyTime: number;
  shipmentId: string;
  status: string;
  timestamp: number;
  channel: string;
  gateway: string;
  deliveryId: string;
  attemptId: string;
  providerId: string | null;
};

/** What was not, or turned out not to be, delivered. `attemptNo`: 0 where no attempt failed. */
export type ListedFailure = Omit<ListedLog, "attemptId"> & {
  attemptId: string | null;
  attemptNo: number;
  code: string;
  providerCode: string | null;
  message: string;
};

/** The lists that are read newest first, and their rows. */
export type ListedRows = { deliveries: ListedDelivery; logs: ListedLog; logs_failure: ListedFailure };

export type List = keyof ListedRows;
