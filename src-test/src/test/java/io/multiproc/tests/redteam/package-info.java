/**
 * Attacks: what clients, strangers and programs with the key send, do and leave undone, while others must be served on. Each class is bounded and ends by
 * itself; {@code src-test/bin/red-team} runs them all, and with {@code -Dredteam.whole=true} at their full size.
 */
package io.multiproc.tests.redteam;
