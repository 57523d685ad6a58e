/** The JUnit extension for users' tests. */
@org.jspecify.annotations.NullMarked
package io.multiproc.tests.testing;
