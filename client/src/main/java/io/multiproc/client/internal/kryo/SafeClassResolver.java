package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.DefaultClassResolver;
import com.esotericsoftware.kryo.util.Util;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of classes within a message:
 *
 * <pre>
 * class    = 0                                    null
 *          | 1 index+1                            a class of this message that was described before
 *          | 1 0 0 name stamp                     a class of an allowed package
 *          | 1 0 dimensions element               an array; element = 1 name (a JDK class), or a class
 *          | id+2 [stamp]                         a registered class
 * stamp    = 4 bytes of the class's schema hash, with the first mention of a user's class only
 * </pre>
 *
 * The stamp turns "the same id means another class there" and "the class has changed" into an error that names the class,
 * where plain Kryo would fill the wrong fields.
 */
final class SafeClassResolver extends DefaultClassResolver {
    private static final int BY_NAME = NAME + 2;
    private static final int MAX_DIMENSIONS = 8;

    private final ClassTable table;
    private final Set<Class<?>> stamped = new HashSet<>();
    private final Map<Class<?>, Integer> written = new HashMap<>();
    private final List<Registration> read = new ArrayList<>();

    SafeClassResolver(ClassTable table) {
        this.table = table;
    }

    /** Lets a class share another one's registration. */
    void share(Class<?> type, Registration registration) {
        classToRegistration.put(type, registration);
    }

    @Override
    @SuppressWarnings("rawtypes") // Kryo's signature
    public @Nullable Registration writeClass(Output out, @Nullable Class type) {
        if (type == null) {
            out.writeByte(Kryo.NULL);
            return null;
        }
        Registration registration = kryo.getRegistration(type);
        if (registration.getId() != NAME) {
            out.writeVarInt(registration.getId() + 2, true);
            if (registration.getId() >= StandardClasses.FIRST_USER_ID) {
                writeStamp(out, registration.getType());
            }
        } else {
            out.writeVarInt(BY_NAME, true);
            describe(out, registration.getType());
        }
        return registration;
    }

    private void describe(Output out, Class<?> type) {
        Integer index = written.get(type);
        out.writeVarInt(index == null ? 0 : index + 1, true);
        if (index != null) {
            return;
        }
        if (!type.isArray()) {
            out.writeVarInt(0, true);
            out.writeString(type.getName());
            writeStamp(out, type);
        } else {
            Class<?> element = Util.getElementClass(type);
            out.writeVarInt(Util.getDimensionCount(type), true);
            boolean standard = StandardClasses.element(element.getName()) == element;
            out.writeBoolean(standard);
            if (standard) {
                out.writeString(element.getName());
            } else {
                writeClass(out, element);
            }
        }
        // only now: an element that is described by name has taken the index before
        written.put(type, written.size());
    }

    private void writeStamp(Output out, Class<?> type) {
        if (stamped.add(type)) {
            out.writeInt(Layout.of(type).stamp());
        }
    }

    @Override
    public @Nullable Registration readClass(Input in) {
        return readClass(in, true);
    }

    private @Nullable Registration readClass(Input in, boolean arrays) {
        int code = in.readVarInt(true);
        if (code == Kryo.NULL) {
            return null;
        }
        if (code == BY_NAME) {
            return readDescribed(in, arrays);
        }
        Registration registration = getRegistration(code - 2);
        if (registration == null) {
            throw new KryoException("class id " + (code - 2)
                    + " is not registered here: register its class with this id, as the sender did");
        }
        if (registration.getId() >= StandardClasses.FIRST_USER_ID) {
            readStamp(in, registration);
        }
        return registration;
    }

    private Registration readDescribed(Input in, boolean arrays) {
        int index = in.readVarInt(true);
        if (index != 0) {
            if (index < 0 || index > read.size()) {
                throw new KryoException("a reference to a class that was not described");
            }
            return read.get(index - 1);
        }
        int dimensions = in.readVarInt(true);
        Registration registration;
        if (dimensions == 0) {
            Class<?> type = table.load(in.readString(), false);
            registration = kryo.getRegistration(type);
            readStamp(in, registration);
        } else {
            if (!arrays || dimensions < 0 || dimensions > MAX_DIMENSIONS) {
                throw new KryoException("an array of too many dimensions");
            }
            Class<?> type = readElement(in);
            for (int i = 0; i < dimensions; i++) {
                type = type.arrayType();
            }
            registration = kryo.getRegistration(type);
        }
        read.add(registration);
        return registration;
    }

    private Class<?> readElement(Input in) {
        if (in.readBoolean()) {
            return table.load(in.readString(), true);
        }
        // a described array here would recurse as deep as the message is long
        Registration element = readClass(in, false);
        if (element == null || element.getType().isArray()) {
            throw new KryoException("an array without a class of elements");
        }
        return element.getType();
    }

    private void readStamp(Input in, Registration registration) {
        Class<?> type = registration.getType();
        if (stamped.add(type) && in.readInt() != Layout.of(type).stamp()) {
            String name = registration.getId() == NAME ? "" : "class id " + registration.getId() + " is ";
            throw new KryoException(name + "class " + type.getName()
                    + " here, but the sender's has another name or other fields: every JVM must have the same version of the"
                    + " class under the same id");
        }
    }

    @Override
    public void reset() {
        stamped.clear();
        written.clear();
        read.clear();
    }
}
