/** Memory that processes share: the documents' programs, killed processes, Python beside, full file systems. */
package io.multiproc.tests.memory;
