/**
 * Whether concurrent calls of several clients look as if each had happened at one moment between its call and its return.
 *
 * <p>{@code Checker} decides it for a recorded history and a {@code Spec}, which says what an object answers when it is used by
 * one caller at a time; {@code CheckerTest} holds the checker to histories that are known to be good and bad.
 */
package io.multiproc.tests.linearizability;
