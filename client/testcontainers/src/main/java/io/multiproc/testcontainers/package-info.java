/** The manager's image for Testcontainers. */
@org.jspecify.annotations.NullMarked
package io.multiproc.testcontainers;
