package io.multiproc.client.memory;

import io.multiproc.client.SerializationException;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.internal.kryo.AllowedClasses;
import io.multiproc.client.internal.local.LocalBlock;
import io.multiproc.client.internal.value.TypeCodes;
import io.multiproc.protocol.wire.TypeCode;
import io.multiproc.protocol.wire.ValueException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Elements of one type code in a block, behind a head of 64 bytes: the lock's word, a magic number, type code, count, and the name of a
 * lock that is elsewhere. Access is volatile, changes are atomic. Thread-safe.
 */
final class Cells {
    private static final int MAGIC = 0x4d504331;
    private static final int HEAD = 64;
    private static final int MAX_LOCK_NAME = 36;
    private static final int NO_LOCK = -1;
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final ValueCodec CODEC = new ValueCodec(AllowedClasses.NONE);

    final LocalBlock block;
    final TypeCode code;
    final int count;
    final boolean creator;
    private final ByteBuffer memory;
    private final int width;
    private final long least;
    private final long most;
    private final @Nullable SharedLock lock;

    private Cells(LocalBlock block, boolean creator, @Nullable SharedLock given) {
        this.block = block;
        this.creator = creator;
        memory = block.memory().duplicate().order(ByteOrder.nativeOrder());
        if (memory.capacity() < HEAD || memory.getInt(8) != MAGIC) {
            throw new IllegalStateException("the shared memory '" + block.name() + "' is no value or array");
        }
        code = TypeCode.of(String.valueOf((char) memory.getInt(12)));
        count = memory.getInt(16);
        width = code.width();
        boolean signed =
                code != TypeCode.BYTE && Character.isLowerCase(code.symbol().charAt(0));
        int bits = width * 8 - (signed ? 1 : 0);
        least = signed ? -1L << bits : 0;
        most = bits == 64 ? -1 : (1L << bits) - 1;
        int length = memory.getInt(20);
        if (given != null || length == NO_LOCK) {
            lock = given;
        } else if (length == 0) {
            lock = new SharedLock(block, false);
        } else {
            byte[] name = new byte[length];
            memory.get(24, name);
            lock = SharedLock.attach(new String(name, StandardCharsets.US_ASCII));
        }
    }

    /** New ones, all zero, with the lock given, else one of their own. */
    static Cells create(String symbol, int count, @Nullable SharedLock lock, boolean raw) {
        TypeCode code = TypeCodes.of(symbol);
        long size = HEAD + ((long) count * code.width() + 7) / 8 * 8;
        if (count < 0 || size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(count + " elements: 0 or more, and at most 2 GiB");
        }
        byte[] name = lock == null ? new byte[0] : lock.name().getBytes(StandardCharsets.US_ASCII);
        if (name.length > MAX_LOCK_NAME) {
            throw new IllegalArgumentException("the lock's name is too long: " + lock);
        }
        LocalBlock block = SharedMemory.newBlock(null, (int) size);
        ByteBuffer b = block.memory().duplicate().order(ByteOrder.nativeOrder());
        b.putInt(12, symbol.charAt(0));
        b.putInt(16, count);
        b.putInt(20, raw ? NO_LOCK : name.length);
        b.put(24, name);
        b.putInt(8, MAGIC);
        return new Cells(block, true, lock);
    }

    static Cells attach(String name) {
        return new Cells(SharedMemory.existing(name), false, null);
    }

    SharedLock lock() {
        if (lock == null) {
            throw new IllegalStateException("it was created without a lock");
        }
        return lock;
    }

    void close() {
        if (creator) {
            SharedMemory.unlink(block);
        } else {
            SharedMemory.release(block);
        }
    }

    ByteBuffer elements() {
        return memory.slice(HEAD, count * width).order(ByteOrder.nativeOrder());
    }

    private int at(int index) {
        return HEAD + java.util.Objects.checkIndex(index, count) * width;
    }

    // ---- as bits

    private int shift(int at) {
        int low = (at & 3) * 8;
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? low : 32 - width * 8 - low;
    }

    /** Numbers with their sign, floating-point ones as their bits. */
    long bits(int index) {
        int at = at(index);
        if (width == 8) {
            return (long) LONGS.getVolatile(memory, at);
        }
        int word = (int) INTS.getVolatile(memory, at & ~3);
        if (width == 4) {
            return code == TypeCode.UINT32 || code == TypeCode.FLOAT ? word & 0xffffffffL : word;
        }
        int unused = 32 - width * 8;
        int high = word >>> shift(at) << unused;
        return least < 0 ? high >> unused : high >>> unused;
    }

    void bits(int index, long value) {
        int at = at(index);
        if (width == 8) {
            LONGS.setVolatile(memory, at, value);
        } else if (width == 4) {
            INTS.setVolatile(memory, at, (int) value);
        } else {
            while (true) {
                int word = (int) INTS.getVolatile(memory, at & ~3);
                if (INTS.compareAndSet(memory, at & ~3, word, merged(word, at, value))) {
                    return;
                }
            }
        }
    }

    private int merged(int word, int at, long value) {
        int mask = (1 << width * 8) - 1;
        int shift = shift(at);
        return word & ~(mask << shift) | ((int) value & mask) << shift;
    }

    boolean swap(int index, long expected, long value) {
        int at = at(index);
        if (width == 8) {
            return LONGS.compareAndSet(memory, at, expected, value);
        }
        if (width == 4) {
            return INTS.compareAndSet(memory, at, (int) expected, (int) value);
        }
        while (bits(index) == expected) {
            int word = (int) INTS.getVolatile(memory, at & ~3);
            // the neighbours may have changed, which is no reason to fail
            if (merged(word, at, expected) == word
                    && INTS.compareAndSet(memory, at & ~3, word, merged(word, at, value))) {
                return true;
            }
        }
        return false;
    }

    // ---- as numbers

    private boolean isInteger() {
        return code.isNumber() && code != TypeCode.FLOAT && code != TypeCode.DOUBLE;
    }

    long checked(long value) {
        if (!isInteger() && code != TypeCode.BYTE) {
            throw new IllegalArgumentException("type code '" + code.symbol() + "' takes no integer");
        }
        if (most >= 0 ? value < least || value > most : value < 0) {
            throw new IllegalArgumentException(value + " is out of range for type code '" + code.symbol() + "'");
        }
        return value;
    }

    /** The element as a long: its number, cut if it has a fraction; 0 or 1, a code point. */
    long asLong(int index) {
        long bits = bits(index);
        return code == TypeCode.DOUBLE
                ? (long) Double.longBitsToDouble(bits)
                : code == TypeCode.FLOAT ? (long) Float.intBitsToFloat((int) bits) : bits;
    }

    double asDouble(int index) {
        long bits = bits(index);
        return switch (code) {
            case DOUBLE -> Double.longBitsToDouble(bits);
            case FLOAT -> Float.intBitsToFloat((int) bits);
            case ULONG, UINT64 -> unsigned(bits).doubleValue();
            default -> bits;
        };
    }

    /** The sum, exact for all but floating-point codes. */
    long add(int index, long delta) {
        if (isInteger() && most >= 0) {
            while (true) {
                long before = bits(index);
                long after = before + delta;
                if (((before ^ after) & (delta ^ after)) < 0 || after < least || after > most) {
                    break;
                }
                if (swap(index, before, after)) {
                    return after;
                }
            }
        }
        // refused with its text, or of a code that needs care
        return ((Number) add(index, (Number) delta)).longValue();
    }

    Object add(int index, Number delta) {
        byte[] encoded = CODEC.write(delta);
        while (true) {
            long before = bits(index);
            long after;
            try {
                after = code.add(before, encoded);
            } catch (ValueException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
            if (swap(index, before, after)) {
                return object(after);
            }
        }
    }

    // ---- as objects

    private static BigInteger unsigned(long bits) {
        return new BigInteger(Long.toUnsignedString(bits));
    }

    Object object(long bits) {
        return switch (code) {
            case BOOL -> bits != 0;
            case CHAR -> new String(Character.toChars((int) bits));
            case BYTE -> new byte[] {(byte) bits};
            case INT8, UINT8, INT16, UINT16, INT32 -> (int) bits;
            case UINT32, LONG, INT64 -> bits;
            case ULONG, UINT64 -> bits >= 0 ? (Object) bits : unsigned(bits);
            case FLOAT -> Float.intBitsToFloat((int) bits);
            case DOUBLE -> Double.longBitsToDouble(bits);
        };
    }

    /** An element in a text for people. */
    static String shown(Object element) {
        return element instanceof byte[] b ? Arrays.toString(b) : element.toString();
    }

    long bitsOf(Object value) {
        if (isInteger() && (value instanceof Integer || value instanceof Long)) {
            return checked(((Number) value).longValue());
        }
        if (code == TypeCode.BYTE && value instanceof Byte b) {
            return b & 0xff;
        }
        try {
            return code.bits(CODEC.write(java.util.Objects.requireNonNull(value, "value")), 0);
        } catch (ValueException | SerializationException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
