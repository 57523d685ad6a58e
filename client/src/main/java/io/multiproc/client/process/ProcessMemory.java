package io.multiproc.client.process;

/**
 * The memory of a process, as the system counts it: heap, stacks, code and files that it has in memory.
 *
 * @param resident bytes in memory now
 * @param peak bytes in memory at most, since its start
 */
public record ProcessMemory(long resident, long peak) {}
