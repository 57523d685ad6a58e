/** The snapshot file as a user meets it: processes, signals, exit codes. */
@org.jspecify.annotations.NullMarked
package io.multiproc.tests.snapshot;
