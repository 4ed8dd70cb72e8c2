/** Everything that the caller can be told is wrong: a closed set, each with its HTTP status and title. */
export const APP_ERRORS = {
  welcome: { status: 400, title: "Not an order update" },
  invalid_json: { status: 400, title: "Malformed JSON" },
  invalid_request: { status: 400, title: "Invalid request" },
  unauthorized: { status: 401, title: "Unauthorized" },
  forbidden: { status: 403, title: "Forbidden" },
  forged_callback: { status: 403, title: "Signature refused" },
  not_found: { status: 404, title: "Not found" },
  enterprise_not_found: { status: 404, title: "Enterprise not found" },
  channel_not_found: { status: 404, title: "Channel not found" },
  gateway_not_found: { status: 404, title: "Gateway not found" },
  subscription_not_found: { status: 404, title: "Subscription not found" },
  key_not_found: { status: 404, title: "Key not found" },
  template_not_found: { status: 404, title: "Template not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  customer_exists: { status: 409, title: "Customer exists" },
  channel_exists: { status: 409, title: "Channel exists" },
  gateway_exists: { status: 409, title: "Gateway exists" },
  subscription_exists: { status: 409, title: "Subscription exists" },
  in_use: { status: 409, title: "In use" },
  more_than_expected: { status: 409, title: "More than expected" },
  body_too_large: { status: 413, title: "Body too large" },
  uri_too_long: { status: 414, title: "Address too long" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  content_mismatch: { status: 422, title: "Key used for other content" },
  not_subscribed: { status: 422, title: "Not subscribed" },
  no_channels: { status: 422, title: "No channels" },
  unknown_adapter: { status: 422, title: "Unknown adapter" },
  unknown_account: { status: 422, title: "Unknown account" },
  adapter_mismatch: { status: 422, title: "Adapter does not fit the channel" },
  rate_limited: { status: 429, title: "Too many requests" },
  headers_too_large: { status: 431, title: "Headers too large" },
  invalid_template: { status: 422, title: "Invalid template" },
  missing_variables: { status: 422, title: "Missing variables" },
  internal_error: { status: 500, title: "Internal error" },
  not_configured: { status: 503, title: "Not configured" },
  database_unavailable: { status: 503, title: "Database unavailable" },
} as const satisfies Record<string, { status: number; title: string }>;

export type AppErrorCode = keyof typeof APP_ERRORS;

/** One wrong field: `pointer` is an RFC 6901 JSON pointer into the body, empty for the body itself. */
export type FieldError = { pointer: string; message: string };

/** One wrong parameter of a path or a query, by its name. */
export type ParameterError = { parameter: string; message: string };

export type AppErrorExtras = {
  errors?: (FieldError | ParameterError)[];
  headers?: Record<string, string>;
  /** Further members of the problem, as RFC 9457 §3.2 allows. */
  members?: Record<string, unknown>;
};

/**
 * Thrown where the caller did wrong or cannot be served; the HTTP door turns it into problem+json.
 * `message` is the problem's `detail`: what is wrong and what to do, free of personal data.
 */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly extras: AppErrorExtras;

  constructor(code: AppErrorCode, detail: string, extras: AppErrorExtras = {}) {
    super(detail);
    this.name = "AppError";
    this.code = code;
    this.extras = extras;
  }
}
