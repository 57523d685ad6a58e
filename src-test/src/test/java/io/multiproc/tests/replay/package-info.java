/** Logs of commands, replayed by other JVMs: the same commands give the same answers and the same state everywhere. */
package io.multiproc.tests.replay;
