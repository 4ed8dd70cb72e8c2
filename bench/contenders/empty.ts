/** Nothing at all: what starting workerd itself costs. */
export default { fetch: () => new Response("ok") };
