/**
 * An id that somebody outside has chosen, as far as a log may show it: null where it could be an address, a phone number, a
 * text or a key, since whoever errs may put these in its place.
 */
export function loggableId(id: string): string | null {
  return /^(?!\d{7,}$)[A-Za-z0-9][\w.:-]{0,39}$/.test(id) ? id : null;
}
