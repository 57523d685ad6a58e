/**
 * The contract between the engine and the state: a deterministic state machine, its entries, their bytes, and the answers that come later. Knows no
 * object and no network, so that a log or a consensus engine can stand between the two.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.machine;
