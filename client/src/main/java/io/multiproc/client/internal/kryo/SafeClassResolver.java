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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names of classes within a message:
 *
 * <pre>
 * class    = 0                                    null
 *          | 1 index+1                            a class of this message that was described before
 *          | 1 0 0 name description               a class of an allowed package, by its stored name
 *          | 1 0 dimensions element               an array; element = 1 name (a JDK class), or a class
 *          | id+2 [check description]             a registered class
 * check    = 2 bytes of the SHA-256 of the class's stored name
 * </pre>
 *
 * <p>Check and description ({@link Layout}) come with the first mention of a user's class only. They tell a reader which fields the sender's version
 * of the class has, and that a number means another class there. A class that this JVM does not know is an error, except within a field that
 * is skipped: its description is enough to read over its objects.
 */
final class SafeClassResolver extends DefaultClassResolver {
    private static final int BY_NAME = NAME + 2;
    private static final int MAX_DIMENSIONS = 8;

    private final ClassTable table;
    private final Map<Class<?>, Integer> written = new HashMap<>();
    private final List<Registration> read = new ArrayList<>();
    /** What stands in this message for numbers that mean nothing here. */
    private final Map<Integer, Registration> unknown = new HashMap<>();

    private long message = 1;
    private boolean first;

    SafeClassResolver(ClassTable table) {
        this.table = table;
    }

    /** Lets a class share another one's registration. */
    void share(Class<?> type, Registration registration) {
        classToRegistration.put(type, registration);
    }

    /** Whether the next message is of the first format, which is read as far as it holds no user's class. */
    void firstFormat(boolean on) {
        first = on;
    }

    @Override
    @SuppressWarnings("rawtypes") // Kryo's signature
    public @Nullable Registration writeClass(Output out, @Nullable Class type) {
        if (type == null) {
            out.writeByte(Kryo.NULL);
            return null;
        }
        Registration registration = kryo.getRegistration(type);
        if (registration.getId() == NAME) {
            out.writeVarInt(BY_NAME, true);
            describe(out, registration);
            return registration;
        }
        out.writeVarInt(registration.getId() + 2, true);
        if (registration instanceof UserClass user && user.writtenIn != message) {
            user.writtenIn = message;
            out.writeShort(user.check);
            out.writeBytes(user.layout.description);
        }
        return registration;
    }

    private void describe(Output out, Registration registration) {
        Class<?> type = registration.getType();
        Integer index = written.get(type);
        out.writeVarInt(index == null ? 0 : index + 1, true);
        if (index != null) {
            return;
        }
        if (registration instanceof UserClass user) {
            out.writeVarInt(0, true);
            out.writeString(user.storedName);
            out.writeBytes(user.layout.description);
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

    @Override
    public @Nullable Registration readClass(Input in) {
        return readClass((BoundedInput) in, true);
    }

    private @Nullable Registration readClass(BoundedInput in, boolean arrays) {
        int code = in.readVarInt(true);
        if (code == Kryo.NULL) {
            return null;
        }
        if (code == BY_NAME) {
            return readDescribed(in, arrays);
        }
        int id = code - 2;
        if (id >= StandardClasses.FIRST_USER_ID) {
            return readRegistered(in, id);
        }
        Registration registration = getRegistration(id);
        if (registration == null) {
            throw new KryoException(
                    "class id " + id + " is no class of this version of the library: update this program");
        }
        return registration;
    }

    private Registration readRegistered(BoundedInput in, int id) {
        UserClass user = (UserClass) getRegistration(id);
        if (user != null && user.readIn == message) {
            return user;
        }
        Registration before = unknown.get(id);
        if (before != null) {
            return usable(before);
        }
        refuseFirstFormat("class id " + id + (user == null ? "" : ", class " + user.layout.type.getName()));
        short check = in.readShort();
        String why = null;
        if (user == null) {
            why = "class id " + id + " is not registered here: register its class with this id, as the sender did";
        } else if (check != user.check) {
            why = "class id " + id + " is class " + user.layout.type.getName()
                    + " here, but the sender's has another name: use another id, or declare the old name with @StoredName";
        }
        Registration known = readDescription(in, user, why);
        if (known != user) {
            unknown.put(id, known);
        }
        return known;
    }

    private Registration readDescribed(BoundedInput in, boolean arrays) {
        int index = in.readVarInt(true);
        if (index != 0) {
            if (index < 0 || index > read.size()) {
                throw new KryoException("a reference to a class that was not described");
            }
            return usable(read.get(index - 1));
        }
        int dimensions = in.readVarInt(true);
        Registration registration = dimensions == 0 ? readNamed(in) : readArray(in, dimensions, arrays);
        read.add(registration);
        return registration;
    }

    private Registration readNamed(BoundedInput in) {
        String name = in.readString();
        refuseFirstFormat("class " + name);
        UserClass user = null;
        String why = null;
        try {
            if (!(kryo.getRegistration(table.load(name, false)) instanceof UserClass found)) {
                throw new KryoException("class " + name + " is not written by its name");
            }
            user = found;
        } catch (KryoException | IllegalArgumentException e) {
            why = String.valueOf(e.getMessage());
        }
        return readDescription(in, user, why);
    }

    /** The class itself, or what stands for it where it is read over. */
    private Registration readDescription(BoundedInput in, @Nullable UserClass user, @Nullable String why) {
        if (user != null && why == null && in.skipEqual(user.layout.description)) {
            user.readIn = message;
            user.plan = null;
            return user;
        }
        if (why != null && !safe().skipping()) {
            throw new KryoException(why);
        }
        int head = in.readVarInt(true);
        Layout.Kind kind = Layout.Kind.coded(head & 7);
        if (kind == null) {
            throw new KryoException("a class of an unknown kind: a newer version of this library wrote it");
        }
        int[] codes = Plan.codes(in, head >>> 3);
        if (user != null && why == null) {
            Layout.Kind ours = user.layout.kind;
            if (kind == ours || kind.hasFields() && ours.hasFields()) {
                user.readIn = message;
                user.plan = user.plan(codes);
                return user;
            }
            why = "class " + user.layout.type.getName() + " is " + ours.text + " here, but the sender's is " + kind.text
                    + ": give the class of the other kind another name and id";
            if (!safe().skipping()) {
                throw new KryoException(why);
            }
        }
        return SkippedSerializer.registration(kind, codes, String.valueOf(why));
    }

    private Registration readArray(BoundedInput in, int dimensions, boolean arrays) {
        if (!arrays || dimensions < 0 || dimensions > MAX_DIMENSIONS) {
            throw new KryoException("an array of too many dimensions");
        }
        Registration element;
        if (in.readBoolean()) {
            element = standardElement(in.readString());
        } else {
            // a described array here would recurse as deep as the message is long
            element = readClass(in, false);
            if (element == null || element.getType().isArray()) {
                throw new KryoException("an array without a class of elements");
            }
        }
        if (element.getSerializer() instanceof SkippedSerializer s) {
            return SkippedSerializer.array(s.why());
        }
        Class<?> type = element.getType();
        for (int i = 0; i < dimensions; i++) {
            type = type.arrayType();
        }
        return kryo.getRegistration(type);
    }

    private Registration standardElement(@Nullable String name) {
        try {
            return new Registration(table.load(name, true), new NoSerializer(), NAME);
        } catch (KryoException e) {
            if (!safe().skipping()) {
                throw e;
            }
            return SkippedSerializer.array(String.valueOf(e.getMessage()));
        }
    }

    private Registration usable(Registration registration) {
        if (registration.getSerializer() instanceof SkippedSerializer s && !safe().skipping()) {
            throw new KryoException(s.why());
        }
        return registration;
    }

    private void refuseFirstFormat(String what) {
        if (first) {
            throw new KryoException(
                    what + " was written by a version of this library in which classes could not change;"
                            + " read the value with that version and store it again with this one");
        }
    }

    private SafeKryo safe() {
        return (SafeKryo) kryo;
    }

    @Override
    public void reset() {
        message++;
        first = false;
        written.clear();
        read.clear();
        unknown.clear();
    }

    /** Of an element's class, of which no object is read. */
    private static final class NoSerializer extends com.esotericsoftware.kryo.Serializer<Object> {
        @Override
        public void write(Kryo kryo, Output out, Object object) {
            throw new IllegalStateException();
        }

        @Override
        public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
            throw new IllegalStateException();
        }
    }
}
