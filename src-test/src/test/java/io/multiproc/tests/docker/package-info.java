/**
 * The image, real containers and simulated hosts. Run with {@code -Ddocker.tests=true}, which needs a Docker engine, the image
 * {@code multiproc/manager} built from this checkout, compose, iproute2 and root; without them the tests fail.
 */
package io.multiproc.tests.docker;
