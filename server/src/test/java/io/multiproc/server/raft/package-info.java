@org.jspecify.annotations.NullMarked
package io.multiproc.server.raft;
