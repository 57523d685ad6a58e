/** What the pickle reader and the Python dialect make of bytes that a coverage-guided fuzzer (Jazzer) invents. */
package io.multiproc.tests.fuzz;
