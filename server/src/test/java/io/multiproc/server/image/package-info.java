/** Tests of images in a data folder. */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.image;
