/** Objects of user classes as bytes. The only package that knows Kryo; what arrives here is never trusted. */
@org.jspecify.annotations.NullMarked
package io.multiproc.client.internal.kryo;
