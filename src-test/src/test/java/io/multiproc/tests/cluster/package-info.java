/** Clusters of servers in processes of their own, whose nodes are killed, paused and cut off. */
@org.jspecify.annotations.NullMarked
package io.multiproc.tests.cluster;
