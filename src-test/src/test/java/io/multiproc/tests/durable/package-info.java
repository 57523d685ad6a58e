/** Servers with a log on disk, which are killed, damaged and started again. */
@org.jspecify.annotations.NullMarked
package io.multiproc.tests.durable;
