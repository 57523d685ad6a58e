package io.multiproc.client;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name under which a class, a field, a record's component or an enum's constant is stored, where that is not its name in Java. It makes renaming possible:
 * what is renamed keeps its old name as its stored name, so programs with the old name and those with the new one read each other's values.
 *
 * <pre>{@code
 * @StoredName("com.acme.Order")                  // the class was called so
 * public record Purchase(long id, @StoredName("customer") String buyer) {}
 * }</pre>
 *
 * <p>A renamed class that has no number ({@link ManagerOptions#register}) is declared by {@link ManagerOptions#allowClass}, or a reader could not
 * find it by its stored name. Stored names are unique within a class or enum.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.FIELD})
public @interface StoredName {
    /** {@return the name; of a class with its package, of a nested one as {@link Class#getName} spells it} */
    String value();
}
