package io.multiproc.client.process;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Code that another process can run: a method reference or lambda given where a {@link Target} or {@link Task} is wanted. It
 * travels as the names of its class and method and the values it captured; the other process must have the same class.
 */
public interface Code extends Serializable {
    /**
     * Runs it; the number of arguments is that of the interface.
     *
     * @param arguments the arguments
     * @return the result; null if there is none
     * @throws Exception whatever it throws
     */
    @Nullable
    Object invoke(@Nullable Object... arguments) throws Exception;
}
