/** Several nodes: the channel between them, and clusters. */
@org.jspecify.annotations.NullMarked
package io.multiproc.tests.nodes;
