/** A delivery as it is answered. Instants in RFC 3339, UTC with milliseconds; `due_at` is set while it waits. */
export type ListedDelivery = {
  delivery_id: string;
  update_id: string;
  shipment_id: string;
  status: string;
  timestamp: string;
  channel: string;
  gateway: string;
  state: string;
  code: string | null;
  attempts: number;
  accepted_at: string;
  due_at: string | null;
  settled_at: string | null;
  expires_at: string;
};

/** What a provider accepted, as it is answered. */
export type ListedLog = {
  notify_time: string;
  shipment_id: string;
  status: string;
  timestamp: string;
  channel: string;
  gateway: string;
  delivery_id: string;
  attempt_id: string;
  provider_id: string | null;
};

/** What was not, or turned out not to be, delivered. `attempt_no`: 0 where no attempt failed. */
export type ListedFailure = Omit<ListedLog, "attempt_id"> & {
  attempt_id: string | null;
  attempt_no: number;
  code: string;
  provider_code: string | null;
  message: string;
};

/** The lists that are read newest first, and their rows. */
export type ListedRows = { deliveries: ListedDelivery; logs: ListedLog; logs_failure: ListedFailure };

export type List = keyof ListedRows;
