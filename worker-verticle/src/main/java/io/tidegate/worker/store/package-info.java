/**
 * Where jobs are kept: {@link io.tidegate.worker.store.JobStore} is what the engine needs of a
 * store, and each kind of store is a package below. A new one is done when it passes the suite that
 * all pass, {@code JobStoreContract} among the tests.
 */
package io.tidegate.worker.store;
