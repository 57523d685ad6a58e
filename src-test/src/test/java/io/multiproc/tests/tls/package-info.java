/** Encrypted connections: what works over them, and what a stranger on the network gets. */
@org.jspecify.annotations.NullMarked
package io.multiproc.tests.tls;
