package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.multiproc.client.internal.value.Conversions;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/**
 * Objects and records as the values of their fields, in the layout's order. Used instead of Kryo's own: those may write fields through
 * Unsafe, so that a message could put an object of another class there unchecked ({@link Field#set} checks); CompatibleFieldSerializer writes the
 * names of all fields into each message and cannot keep references to what an unknown field holds, TaggedFieldSerializer wants an
 * annotation on each field. Figures are in EXPERIMENTS.md.
 */
final class FieldsSerializer extends Serializer<Object> {
    private final UserClass user;
    private final Layout layout;
    private final boolean record;

    FieldsSerializer(UserClass user) {
        this.user = user;
        this.layout = user.layout;
        this.record = layout.kind == Layout.Kind.RECORD;
    }

    @Override
    public void write(Kryo kryo, Output out, Object object) {
        for (Layout.Slot slot : layout.slots) {
            try {
                write(kryo, out, slot, object);
            } catch (KryoException e) {
                throw traced(e, slot);
            } catch (IllegalAccessException | RuntimeException e) {
                throw traced(new KryoException(e), slot);
            }
        }
    }

    private static void write(Kryo kryo, Output out, Layout.Slot slot, Object object) throws IllegalAccessException {
        Field field = slot.field;
        switch (slot.way()) {
            case Layout.BOOLEAN -> out.writeBoolean(field.getBoolean(object));
            case Layout.BYTE -> out.writeByte(field.getByte(object));
            case Layout.CHAR -> out.writeChar(field.getChar(object));
            case Layout.SHORT -> out.writeShort(field.getShort(object));
            case Layout.INT -> out.writeVarInt(field.getInt(object), false);
            case Layout.LONG -> out.writeVarLong(field.getLong(object), false);
            case Layout.FLOAT -> out.writeFloat(field.getFloat(object));
            case Layout.DOUBLE -> out.writeDouble(field.getDouble(object));
            case Layout.STRING -> out.writeString((String) field.get(object));
            default -> kryo.writeClassAndObject(out, field.get(object));
        }
    }

    @Override
    public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
        SafeKryo safe = (SafeKryo) kryo;
        // the plan of this message: an object within this one is of the same message
        Plan plan = user.plan;
        if (record) {
            return readRecord(safe, in, plan);
        }
        // by the constructor without arguments if there is one: it gives defaults to fields that the sender did not
        // have
        Object object = kryo.newInstance(layout.type);
        kryo.reference(object);
        if (plan != null) {
            for (int i = 0; i < plan.codes.length; i++) {
                Layout.Slot slot = plan.targets[i];
                if (slot == null) {
                    safe.skip(in, plan.codes[i]);
                } else {
                    readField(safe, in, slot, plan.codes[i], object);
                }
            }
        } else {
            for (Layout.Slot slot : layout.slots) {
                readField(safe, in, slot, slot.code, object);
            }
        }
        return object;
    }

    private void readField(SafeKryo kryo, Input in, Layout.Slot slot, int code, Object object) {
        try {
            Field field = slot.field;
            if (code != slot.code) {
                set(kryo, slot, object, readValue(kryo, in, Layout.wayOf(code)), code);
                return;
            }
            switch (slot.way()) {
                case Layout.BOOLEAN -> field.setBoolean(object, in.readBoolean());
                case Layout.BYTE -> field.setByte(object, in.readByte());
                case Layout.CHAR -> field.setChar(object, in.readChar());
                case Layout.SHORT -> field.setShort(object, in.readShort());
                case Layout.INT -> field.setInt(object, in.readVarInt(false));
                case Layout.LONG -> field.setLong(object, in.readVarLong(false));
                case Layout.FLOAT -> field.setFloat(object, in.readFloat());
                case Layout.DOUBLE -> field.setDouble(object, in.readDouble());
                case Layout.STRING -> field.set(object, in.readString());
                default -> set(kryo, slot, object, kryo.readClassAndObject(in), code);
            }
        } catch (KryoException e) {
            throw traced(e, slot);
        } catch (IllegalAccessException | RuntimeException e) {
            throw traced(new KryoException(e), slot);
        }
    }

    private void set(SafeKryo kryo, Layout.Slot slot, Object object, @Nullable Object value, int code)
            throws IllegalAccessException {
        Object fitted;
        try {
            fitted = fitted(slot, value, code);
        } catch (Misfit e) {
            Object unused = kryo.unreadable(e);
            return;
        }
        slot.field.set(object, fitted);
    }

    /** The value as the field's type. */
    private @Nullable Object fitted(Layout.Slot slot, @Nullable Object value, int code) {
        Class<?> wanted = slot.field.getType();
        if (value == null ? !wanted.isPrimitive() : wanted.isInstance(value)) {
            return value;
        }
        String was = Layout.wayOf(code) == Layout.OBJECT && value != null
                ? value.getClass().getName()
                : Layout.nameOfWay(Layout.wayOf(code));
        String text = "field " + slot.name + " of class " + layout.type.getName() + " is " + wanted.getTypeName()
                + " here, but " + was + " where the object was written";
        if (value == null) {
            throw new Misfit(text + ", and the value is null");
        }
        try {
            return Conversions.convert(value, wanted);
        } catch (ArithmeticException e) {
            throw new Misfit(text + ", and the value " + value + " does not fit");
        } catch (ClassCastException e) {
            throw new Misfit(text + ": give the field another name, or its old type");
        }
    }

    private Object readRecord(SafeKryo kryo, Input in, @Nullable Plan plan) {
        @Nullable Object[] arguments = new Object[layout.slots.length];
        KryoException failed = null;
        if (plan == null) {
            for (Layout.Slot slot : layout.slots) {
                failed = readComponent(kryo, in, slot, slot.code, arguments, failed);
            }
        } else {
            for (int i = 0; i < plan.codes.length; i++) {
                Layout.Slot slot = plan.targets[i];
                if (slot == null) {
                    kryo.skip(in, plan.codes[i]);
                } else {
                    failed = readComponent(kryo, in, slot, plan.codes[i], arguments, failed);
                }
            }
        }
        if (failed != null) {
            return kryo.unreadable(failed);
        }
        if (plan != null && plan.incomplete) {
            for (Layout.Slot slot : layout.slots) {
                if (arguments[slot.position] == null && slot.field.getType().isPrimitive()) {
                    arguments[slot.position] = zero(slot.way());
                }
            }
        }
        try {
            return construct(java.util.Objects.requireNonNull(layout.constructor), arguments);
        } catch (KryoException e) {
            KryoException told = plan != null && plan.incomplete
                    ? new KryoException(
                            "the constructor of record " + layout.type.getName() + " refuses an object that was written"
                                    + " without " + plan.absent() + ": " + e.getMessage())
                    : e;
            return kryo.unreadable(told);
        }
    }

    /** What has failed so far: the rest is read all the same, because what comes after it may be wanted. */
    private @Nullable KryoException readComponent(
            SafeKryo kryo,
            Input in,
            Layout.Slot slot,
            int code,
            @Nullable Object[] arguments,
            @Nullable KryoException failed) {
        try {
            Object value = readValue(kryo, in, Layout.wayOf(code));
            arguments[slot.position] =
                    code == slot.code && slot.way() != Layout.OBJECT ? value : fitted(slot, value, code);
            return failed;
        } catch (Misfit e) {
            return traced(e, slot);
        } catch (KryoException e) {
            throw traced(e, slot);
        }
    }

    private static Object zero(int way) {
        return switch (way) {
            case Layout.BOOLEAN -> false;
            case Layout.BYTE -> (byte) 0;
            case Layout.CHAR -> (char) 0;
            case Layout.SHORT -> (short) 0;
            case Layout.INT -> 0;
            case Layout.LONG -> 0L;
            case Layout.FLOAT -> 0f;
            default -> 0d;
        };
    }

    private static Object construct(Constructor<?> constructor, @Nullable Object... arguments) {
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String text = cause.getMessage();
            throw new KryoException(text == null ? cause.getClass().getSimpleName() : text, cause);
        } catch (ReflectiveOperationException e) {
            throw new KryoException(e);
        }
    }

    /** A value of a field, written in one of the layout's ways. */
    static @Nullable Object readValue(Kryo kryo, Input in, int way) {
        return switch (way) {
            case Layout.BOOLEAN -> in.readBoolean();
            case Layout.BYTE -> in.readByte();
            case Layout.CHAR -> in.readChar();
            case Layout.SHORT -> in.readShort();
            case Layout.INT -> in.readVarInt(false);
            case Layout.LONG -> in.readVarLong(false);
            case Layout.FLOAT -> in.readFloat();
            case Layout.DOUBLE -> in.readDouble();
            case Layout.STRING -> in.readString();
            default -> kryo.readClassAndObject(in);
        };
    }

    /** A value that was read and is none for its field. */
    private static final class Misfit extends KryoException {
        private static final long serialVersionUID = 1L;

        Misfit(String text) {
            super(text);
        }
    }

    private static KryoException traced(KryoException e, Layout.Slot slot) {
        e.addTrace(slot.field.getName() + " (" + slot.field.getDeclaringClass().getName() + ")");
        return e;
    }
}
