package io.multiproc.server.machine;

/**
 * What the outcome of commands depends on besides the state. Part of the state, so that it changes between two commands, and on all nodes between the same.
 *
 * @param maxReply the largest value of a reply, in bytes; a larger one is refused with TOO_LARGE
 * @param limits on what the state may hold
 * @param minLease the shortest lease of a session; milliseconds, as all that follows
 * @param maxLease the longest one
 * @param grace how long a session goes on without a connection
 * @param orphanPatience after how long a waiter gets what a lost client of the Python dialect held
 * @param keptReplies how many bytes of replies are kept for each native session whose client has not confirmed them, so that they outlive the server; 0 for none
 */
public record Settings(
        int maxReply,
        StateLimits limits,
        long minLease,
        long maxLease,
        long grace,
        long orphanPatience,
        long keptReplies) {}
