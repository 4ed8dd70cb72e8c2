/** What Workers have of Node's module with the flag `nodejs_als`, as far as it is used here. */
declare module "node:async_hooks" {
  export class AsyncLocalStorage<Store> {
    /** Runs `work`; all that it starts, and all that this goes on to, finds `store`. */
    run<Result>(store: Store, work: () => Result): Result;
    getStore(): Store | undefined;
  }
}
