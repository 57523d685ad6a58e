package io.multiproc.client.internal.value;

import static io.multiproc.client.internal.value.KeyCodec.unhashable;

import io.multiproc.client.KeyFields;
import io.multiproc.client.SerializationException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What keys of a class consist of: the components of a record or the fields that a class declares, and the constructor that takes them. */
record KeyForm(Class<?> type, Field[] fields, Constructor<?> constructor) {
    private static final ClassValue<Boolean> DECLARED = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return type.isAnnotationPresent(KeyFields.class);
        }
    };

    private static final ClassValue<KeyForm> FORMS = new ClassValue<>() {
        @Override
        protected KeyForm computeValue(Class<?> type) {
            return form(type);
        }
    };

    /** Whether a class says by which fields its objects are equal. */
    static boolean isDeclared(Class<?> type) {
        return DECLARED.get(type);
    }

    /**
     * The form of a record class or one that declares its fields.
     *
     * @throws io.multiproc.client.WrongTypeException if what its objects equal is not known
     */
    static KeyForm of(Class<?> type) {
        return FORMS.get(type);
    }

    private static KeyForm form(Class<?> type) {
        try {
            Field[] fields = type.isRecord() ? components(type) : declared(type);
            for (Field field : fields) {
                check(type, field);
                field.setAccessible(true);
            }
            Constructor<?> constructor = constructor(type, fields);
            constructor.setAccessible(true);
            return new KeyForm(type, fields, constructor);
        } catch (InaccessibleObjectException e) {
            throw SerializationException.writing(
                    "class " + type.getName() + " of a key cannot be read: its module must open "
                            + type.getPackageName() + " to io.multiproc.client",
                    e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Field[] components(Class<?> type) throws ReflectiveOperationException {
        if (!Modifier.isFinal(type.getMethod("equals", Object.class).getModifiers())) {
            // the compiler's own is final
            throw unhashable("record " + type.getName()
                    + " has an equals() of its own, so that it is not known what it equals: leave it to the compiler");
        }
        RecordComponent[] components = type.getRecordComponents();
        Field[] fields = new Field[components.length];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = type.getDeclaredField(components[i].getName());
        }
        return fields;
    }

    private static Field[] declared(Class<?> type) throws ReflectiveOperationException {
        String name = "class " + type.getName() + ", which declares @KeyFields, ";
        if (type.isEnum() || !Modifier.isFinal(type.getModifiers()) || type.getSuperclass() != Object.class) {
            throw unhashable(
                    name + "must be final and extend Object: otherwise its equality is not that of its fields");
        }
        if (type.getMethod("equals", Object.class).getDeclaringClass() != type
                || type.getMethod("hashCode").getDeclaringClass() != type) {
            throw unhashable(name + "must override equals() and hashCode()");
        }
        Set<String> missing = new HashSet<>();
        for (Field field : type.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
                missing.add(field.getName());
            }
        }
        String[] names = type.getAnnotation(KeyFields.class).value();
        Field[] fields = new Field[names.length];
        for (int i = 0; i < fields.length; i++) {
            if (!missing.remove(names[i])) {
                throw unhashable(name + "names \"" + names[i]
                        + "\", which is not one of its fields, or static, or transient, or named twice");
            }
            fields[i] = type.getDeclaredField(names[i]);
        }
        if (!missing.isEmpty()) {
            throw unhashable(name + "must name every field that is neither static nor transient; not named: "
                    + String.join(", ", missing.stream().sorted().toList()));
        }
        return fields;
    }

    private static Constructor<?> constructor(Class<?> type, Field[] fields) {
        Class<?>[] types = Arrays.stream(fields).map(Field::getType).toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types);
        } catch (NoSuchMethodException e) {
            throw unhashable("class " + type.getName()
                    + ", which declares @KeyFields, must have a constructor with the parameters ("
                    + String.join(
                            ", ",
                            Arrays.stream(fields)
                                    .map(f -> f.getType().getSimpleName() + " " + f.getName())
                                    .toList())
                    + ")");
        }
    }

    private static void check(Class<?> type, Field field) {
        Class<?> t = field.getType();
        boolean concrete = Collection.class.isAssignableFrom(t) && t != List.class && t != Set.class;
        if (t.isArray() || concrete || (Map.class.isAssignableFrom(t) && t != Map.class)) {
            throw unhashable((type.isRecord() ? "component " : "field ") + field.getName() + " of "
                    + (type.isRecord() ? "record " : "class ")
                    + type.getName() + " is of " + t.getSimpleName()
                    + (t.isArray()
                            ? ", and arrays are equal only to themselves: use a List"
                            : ", which is not what arrives: write List, Set or Map"));
        }
    }

    @Nullable
    Object[] values(Object key) {
        @Nullable Object[] out = new Object[fields.length];
        try {
            for (int i = 0; i < out.length; i++) {
                out[i] = fields[i].get(key);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        return out;
    }

    Object make(@Nullable Object[] components) {
        try {
            return constructor.newInstance(components);
        } catch (InvocationTargetException e) {
            throw SerializationException.reading(
                    "a received key of " + type.getName() + " is refused by its constructor", e.getCause());
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw SerializationException.reading(
                    "a received key of " + type.getName() + " has other components than this program's class", e);
        }
    }
}
