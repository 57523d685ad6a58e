package io.multiproc.client.internal.value;

import io.multiproc.client.Tuple;
import java.util.function.BiFunction;

/**
 * The first element of the tuple that a {@link Composite} travels as. Assembling calls no manager: values are read on any thread.
 *
 * @param text what the maker of the object needs to know
 * @param maker makes the object of the text and the whole tuple, which anybody may have sent
 */
public record Blueprint(String text, BiFunction<String, Tuple, Object> maker) {
    Object assemble(Tuple parts) {
        return maker.apply(text, parts);
    }
}
