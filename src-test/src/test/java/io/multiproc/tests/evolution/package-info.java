/** Programs with different versions of the same classes. */
@org.jspecify.annotations.NullMarked
package io.multiproc.tests.evolution;
