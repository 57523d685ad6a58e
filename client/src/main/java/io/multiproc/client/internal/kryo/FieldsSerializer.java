package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * Objects as their fields, in the layout's order. Used instead of Kryo's FieldSerializer, which may write fields through
 * Unsafe: a message that declares another class for a field would then put it there unchecked. {@link Field#set} checks.
 */
final class FieldsSerializer extends Serializer<Object> {
    private final Field[] fields;

    FieldsSerializer(Layout layout) {
        this.fields = layout.fields.toArray(new Field[0]);
    }

    @Override
    public void write(Kryo kryo, Output out, Object object) {
        for (Field field : fields) {
            try {
                write(kryo, out, field, object);
            } catch (KryoException e) {
                throw traced(e, field);
            } catch (IllegalAccessException | RuntimeException e) {
                throw traced(new KryoException(e), field);
            }
        }
    }

    private static void write(Kryo kryo, Output out, Field field, Object object) throws IllegalAccessException {
        Class<?> type = field.getType();
        if (!type.isPrimitive()) {
            Object value = field.get(object);
            if (kryo.isFinal(type)) {
                kryo.writeObjectOrNull(out, value, type);
            } else {
                kryo.writeClassAndObject(out, value);
            }
        } else if (type == int.class) {
            out.writeVarInt(field.getInt(object), false);
        } else if (type == long.class) {
            out.writeVarLong(field.getLong(object), false);
        } else if (type == double.class) {
            out.writeDouble(field.getDouble(object));
        } else if (type == boolean.class) {
            out.writeBoolean(field.getBoolean(object));
        } else if (type == float.class) {
            out.writeFloat(field.getFloat(object));
        } else if (type == short.class) {
            out.writeShort(field.getShort(object));
        } else if (type == byte.class) {
            out.writeByte(field.getByte(object));
        } else {
            out.writeChar(field.getChar(object));
        }
    }

    @Override
    public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
        Object object = kryo.newInstance(type);
        kryo.reference(object);
        for (Field field : fields) {
            try {
                field.set(object, readValue(kryo, in, field.getType()));
            } catch (KryoException e) {
                throw traced(e, field);
            } catch (IllegalAccessException | RuntimeException e) {
                throw traced(new KryoException(e), field);
            }
        }
        return object;
    }

    private static @Nullable Object readValue(Kryo kryo, Input in, Class<?> type) {
        if (!type.isPrimitive()) {
            return kryo.isFinal(type) ? kryo.readObjectOrNull(in, type) : kryo.readClassAndObject(in);
        }
        if (type == int.class) {
            return in.readVarInt(false);
        }
        if (type == long.class) {
            return in.readVarLong(false);
        }
        if (type == double.class) {
            return in.readDouble();
        }
        if (type == boolean.class) {
            return in.readBoolean();
        }
        if (type == float.class) {
            return in.readFloat();
        }
        if (type == short.class) {
            return in.readShort();
        }
        return type == byte.class ? (Object) in.readByte() : (Object) in.readChar();
    }

    private static KryoException traced(KryoException e, Field field) {
        e.addTrace(field.getName() + " (" + field.getDeclaringClass().getName() + ")");
        return e;
    }
}
