package io.multiproc.client;

import io.multiproc.client.internal.value.Referable;

/** A proxy of this library, which travels as a reference. */
interface SharedObject extends Proxy, Referable {}
