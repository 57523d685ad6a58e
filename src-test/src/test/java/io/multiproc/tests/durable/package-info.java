/** The data folder as a user meets it: processes that are killed, disks that are full. */
@org.jspecify.annotations.NullMarked
package io.multiproc.tests.durable;
