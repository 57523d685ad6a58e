/** Tests of the snapshot file, on a real disk and on failing ones. */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.snapshot;
