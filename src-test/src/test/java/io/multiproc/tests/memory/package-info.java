/**
 * Memory: what entries take on the server, and what processes share: the documents' programs, killed processes, Python beside, full file systems.
 */
package io.multiproc.tests.memory;
