package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table of the types of objects: which class each is, and what it can be made from. */
final class ObjectTypes {
    private ObjectTypes() {}

    /**
     * The type of a wire name.
     *
     * @throws ValueException with BAD_ARGUMENT if there is none
     */
    static ObjectType named(String wireName) {
        ObjectType type = ObjectType.named(wireName);
        if (type == null) {
            String known =
                    Arrays.stream(ObjectType.values()).map(ObjectType::wireName).collect(Collectors.joining(", "));
            throw ObjectState.badArgument("unknown type '" + wireName + "'; the types are " + known);
        }
        return type;
    }

    /** An object without content. */
    static ObjectState make(ObjectType type, long id, @Nullable String name) {
        return switch (type) {
            case DICT -> new DictState(id, name);
            case LIST -> new ListState(id, name);
            case NAMESPACE -> new NamespaceState(id, name);
            case QUEUE, JOINABLE_QUEUE, SIMPLE_QUEUE, PRIORITY_QUEUE -> new QueueState(type, id, name);
            case VALUE -> new ValueState(id, name);
            case ARRAY -> new ArrayState(id, name);
            case SET -> new SetState(id, name);
            case COUNTER -> new CounterState(id, name);
            case ITERATOR -> new IteratorState(id, name);
            case SERVICE -> new ServiceState(id, name);
            case INSTANCE -> new InstanceState(id, name);
            case LOCK, RLOCK -> new LockState(type, id, name);
            case EVENT -> new EventState(id, name);
            case CONDITION -> new ConditionState(id, name);
            case SEMAPHORE, BOUNDED_SEMAPHORE -> new SemaphoreState(type, id, name);
            case BARRIER -> new BarrierState(id, name);
            case COUNT_DOWN_LATCH -> new LatchState(id, name);
            case READ_WRITE_LOCK -> new ReadWriteLockState(id, name);
        };
    }

    /**
     * An object with the content that a request asks for.
     *
     * @param argument the position of the list of the object's arguments
     * @throws ValueException with BAD_ARGUMENT, UNHASHABLE, BUSY or what a reference is refused with
     */
    static ObjectState create(
            ObjectType type, long id, @Nullable String name, Args a, int argument, ApplyContext context) {
        byte[] b = a.buffer();
        int list = a.start(argument);
        int count = Values.count(b, list);
        int first = Values.first(list);
        Tag tag = count == 0 ? Tag.ABSENT : Tag.of(b, first);
        check(type, b, first, count);
        if (tag.isContainer()) {
            context.checkEntries(0, Values.count(b, first));
        }
        if (type == ObjectType.SET && count > 0) {
            checkElements(Values.elements(b, first));
        }
        if (tag == Tag.DICT) {
            KeyedEntries.checkKeys(b, first);
        }
        KeyedEntries.checkReferences(a, argument, context);
        ObjectState object = make(type, id, name);
        if (count > 0) {
            object.start(b, first, count, context);
        }
        return object;
    }

    /** Refuses arguments, the first of them at an offset, that a type does not take. */
    static void check(ObjectType type, byte[] b, int first, int count) {
        Tag tag = count == 0 ? Tag.ABSENT : Tag.of(b, first);
        boolean number = tag.isInteger() && tag != Tag.BIGINT;
        boolean fits =
                switch (type) {
                    case DICT -> count == 0 || tag == Tag.DICT;
                    case NAMESPACE -> count == 0 || (tag == Tag.DICT && hasTextKeys(b, first));
                    case LIST -> count == 0 || tag == Tag.LIST || tag == Tag.TUPLE;
                    case QUEUE, JOINABLE_QUEUE, PRIORITY_QUEUE, COUNTER -> count == 0 || number;
                    case SET -> count == 0
                            || tag == Tag.SET
                            || tag == Tag.FROZENSET
                            || tag == Tag.LIST
                            || tag == Tag.TUPLE;
                    case ITERATOR -> isIterable(b, first, tag);
                    case INSTANCE -> tag == Tag.REF && Values.refType(b, first) == ObjectType.SERVICE.code();
                    case VALUE, ARRAY -> count == 2 && tag == Tag.STRING;
                    case SIMPLE_QUEUE, LOCK, RLOCK, EVENT, READ_WRITE_LOCK, SERVICE -> count == 0;
                    case CONDITION -> count == 0 || isLock(b, first);
                    case SEMAPHORE, BOUNDED_SEMAPHORE -> count == 0 || (number && isIn(b, first, 0));
                    case COUNT_DOWN_LATCH -> number && isIn(b, first, 0);
                    case BARRIER -> number && isIn(b, first, 1) && (count == 1 || isAction(b, first, count));
                };
        boolean typed = type == ObjectType.VALUE || type == ObjectType.ARRAY;
        if (!fits && typed) {
            throw ObjectState.badArgument(ObjectState.withArticle(type) + " takes " + takes(type));
        }
        if ((count > 1 && !typed && type != ObjectType.BARRIER) || !fits) {
            throw ObjectState.badArgument(ObjectState.withArticle(type) + " takes " + takes(type) + ", not "
                    + (count == 1 ? spelled(b, first) : count + " arguments"));
        }
    }

    static void checkElements(List<byte[]> elements) {
        for (byte[] e : elements) {
            if (!Values.isHashable(e, 0, e.length)) {
                throw new ValueException(
                        ErrorCode.UNHASHABLE,
                        "unhashable type: '" + Tag.of(e, 0).typeName() + "' as an element of the set");
            }
        }
    }

    static boolean isIterable(byte[] b, int at, Tag tag) {
        ObjectType type = tag == Tag.REF ? ObjectType.coded(Values.refType(b, at)) : null;
        return type == ObjectType.DICT || type == ObjectType.LIST || type == ObjectType.SET;
    }

    static boolean isLock(byte[] b, int at) {
        return Tag.of(b, at) == Tag.REF
                && (Values.refType(b, at) == ObjectType.LOCK.code()
                        || Values.refType(b, at) == ObjectType.RLOCK.code());
    }

    static boolean isAction(byte[] b, int first, int count) {
        int instance = Values.skip(b, first);
        return count == 3
                && Tag.of(b, instance) == Tag.REF
                && Values.refType(b, instance) == ObjectType.INSTANCE.code()
                && Tag.of(b, Values.skip(b, instance)) == Tag.STRING;
    }

    static boolean isIn(byte[] b, int at, int least) {
        long n = Values.integer(b, at);
        return n >= least && n <= Integer.MAX_VALUE;
    }

    static String spelled(byte[] b, int at) {
        Tag tag = Tag.of(b, at);
        return tag.isInteger() && tag != Tag.BIGINT ? Long.toString(Values.integer(b, at)) : tag.typeName();
    }

    static boolean hasTextKeys(byte[] b, int dict) {
        int p = Values.first(dict);
        for (int n = Values.count(b, dict); n > 0; n--) {
            int value = Values.skip(b, p);
            if (Tag.of(b, p) != Tag.STRING || value - p > Limits.MAX_NAME + 3) {
                return false;
            }
            p = Values.skip(b, value);
        }
        return true;
    }

    static String takes(ObjectType type) {
        return switch (type) {
            case DICT -> "nothing or a dict";
            case LIST -> "nothing or a list";
            case NAMESPACE -> "nothing or a dict whose keys are texts of up to " + Limits.MAX_NAME + " bytes";
            case QUEUE, JOINABLE_QUEUE, PRIORITY_QUEUE -> "nothing or a maximum size";
            case VALUE -> "a type code and a value";
            case ARRAY -> "a type code and a length from 0 to " + ArrayState.MOST + " or a list of values";
            case SET -> "nothing or a set or list";
            case COUNTER -> "nothing or an integer of 64 bits";
            case ITERATOR -> "a dict, list or set that is shared";
            case SIMPLE_QUEUE, LOCK, RLOCK, EVENT, READ_WRITE_LOCK, SERVICE -> "no arguments";
            case INSTANCE -> "a service";
            case CONDITION -> "nothing or a lock or rlock";
            case SEMAPHORE, BOUNDED_SEMAPHORE -> "nothing or a number of permits from 0 to 2147483647";
            case COUNT_DOWN_LATCH -> "a count from 0 to 2147483647";
            case BARRIER -> "a number of parties from 1 to 2147483647, and perhaps an instance and the name of its method";
        };
    }
}
