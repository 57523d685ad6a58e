package io.multiproc.client;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The fields that objects of a final class are equal by, which makes the class one for keys of dicts and elements of sets, as records are by
 * themselves.
 *
 * <pre>{@code
 * @KeyFields({"row", "seat"})
 * public final class Place {
 *     private final int row;
 *     private final String seat;
 *     private transient int hash;                    // not part of the key
 *
 *     public Place(int row, String seat) { ... }     // the fields, in the order named
 *     @Override public boolean equals(Object o) { ... }
 *     @Override public int hashCode() { ... }
 * }
 * }</pre>
 *
 * <p>The class extends {@code Object}, overrides {@code equals} and {@code hashCode}, names every field that is neither static nor transient, and has a
 * constructor, public or not, with the named fields as its parameters in the order of their names here. A class that does not is refused when one of its objects is to be a key
 * ({@link WrongTypeException}), with what is missing. Two objects are the same key exactly if {@code Objects.equals} holds for each field. Renaming the class, or changing
 * the fields or their order, makes other keys. Register the class, or allow it or its package, as for values.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface KeyFields {
    /** {@return the names of the fields} */
    String[] value();
}
