/** Objects of user classes as JSON, written by Jackson: a program that uses this package has {@code jackson-databind} among its dependencies. */
@NullMarked
package io.multiproc.client.json;

import org.jspecify.annotations.NullMarked;
