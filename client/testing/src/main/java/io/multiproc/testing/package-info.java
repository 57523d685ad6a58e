/** Managers for the tests of programs that use multiproc. */
@org.jspecify.annotations.NullMarked
package io.multiproc.testing;
