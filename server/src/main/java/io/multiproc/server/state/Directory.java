package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Text;
import io.multiproc.protocol.wire.TypeCode;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The objects by id and by name, and the operations on the manager itself. */
final class Directory {
    private final LongMap<ObjectState> objects;
    private final Map<String, ObjectState> names = new LinkedHashMap<>();
    private final Registry registry = new Registry();
    private long nextId = 1;

    Directory(LongMap<ObjectState> objects) {
        this.objects = objects;
    }

    Reply apply(ManagerOp op, Args a, Turn turn) {
        int most = turn.maxReplyBytes();
        return switch (op) {
            case CREATE -> refTo(create(type(a.text(0)), null, a, 1, turn));
            case OPEN -> open(a, turn);
            case FIND -> {
                ObjectState object = names.get(a.text(0));
                yield object == null ? Reply.ABSENT : refTo(object);
            }
            case DELETE -> {
                ObjectState object = names.remove(a.text(0));
                if (object != null) {
                    end(object, turn);
                }
                yield Reply.bool(object != null);
            }
            case NAMES -> {
                ContainerBuilder out = new ContainerBuilder(Tag.LIST, most);
                for (String name : names.keySet()) {
                    out.add(Values.ofText(name));
                }
                yield Reply.value(out.build());
            }
            case RELEASE -> {
                release(a, turn);
                yield Reply.NOTHING;
            }
            case REGISTER_CLASSES -> {
                registry.register(a.values(0));
                yield Reply.NOTHING;
            }
            case OBJECTS -> Reply.value(list(most));
            case SESSIONS -> Reply.value(turn.sessions().list(most));
            case NUMBER_OF_OBJECTS -> Reply.integer(objects.size());
            case DESCRIBE -> {
                ObjectState object = names.get(a.text(0));
                yield object == null ? Reply.ABSENT : Reply.value(object.describe(most));
            }
            case LOCKS -> Reply.value(Locks.list(objects, most));
            case FORCE_RELEASE -> Reply.bool(Locks.release(objects.get(a.integer(0)), a.integer(0), turn));
            case INFO, SHUTDOWN -> throw new ValueException(
                    ErrorCode.UNKNOWN_OPERATION, op.wireName() + " is not an operation of the shared state");
        };
    }

    private static Reply refTo(ObjectState object) {
        return Reply.value(Values.ofRef(object.type().code(), object.id()));
    }

    private static ObjectType type(String wireName) {
        ObjectType type = ObjectType.named(wireName);
        if (type == null) {
            String known =
                    Arrays.stream(ObjectType.values()).map(ObjectType::wireName).collect(Collectors.joining(", "));
            throw ObjectState.badArgument("unknown type '" + wireName + "'; the types are " + known);
        }
        return type;
    }

    private Reply open(Args a, Turn turn) {
        ObjectType type = type(a.text(0));
        String name = a.text(1);
        if (name.isEmpty()) {
            throw ObjectState.badArgument("a name must not be empty");
        }
        if (Text.encode(name).length > Limits.MAX_NAME) {
            throw ObjectState.badArgument("a name may have " + Limits.MAX_NAME + " bytes");
        }
        ObjectState object = names.get(name);
        if (object == null) {
            object = create(type, name, a, 2, turn);
            names.put(name, object);
        } else if (object.type() != type) {
            throw new ValueException(
                    ErrorCode.NAME_TAKEN,
                    "'" + name + "' is " + ObjectState.withArticle(object.type()) + ", not "
                            + ObjectState.withArticle(type));
        }
        return refTo(object);
    }

    private ObjectState create(ObjectType type, @Nullable String name, Args a, int argument, Turn turn) {
        turn.checkObjects(objects.size());
        byte[] b = a.buffer();
        int list = a.start(argument);
        int count = Values.count(b, list);
        int first = Values.first(list);
        if (type == ObjectType.VALUE || type == ObjectType.ARRAY) {
            return createTyped(type, name, b, count, first, turn);
        }
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
                    case VALUE, ARRAY -> throw new IllegalStateException("made before");
                    case SIMPLE_QUEUE, LOCK, RLOCK, EVENT, READ_WRITE_LOCK, SERVICE -> count == 0;
                    case CONDITION -> count == 0 || isLock(b, first);
                    case SEMAPHORE, BOUNDED_SEMAPHORE -> count == 0 || (number && isIn(b, first, 0));
                    case COUNT_DOWN_LATCH -> number && isIn(b, first, 0);
                    case BARRIER -> number && isIn(b, first, 1);
                };
        if (count > 1 || !fits) {
            throw ObjectState.badArgument(ObjectState.withArticle(type) + " takes " + takes(type) + ", not "
                    + (count == 1 ? spelled(b, first) : count + " arguments"));
        }
        if (tag.isContainer()) {
            turn.checkEntries(0, Values.count(b, first));
        }
        if (type == ObjectType.SET && count > 0) {
            checkElements(Values.elements(b, first));
        }
        if (tag == Tag.DICT) {
            Entries.checkKeys(b, first);
        }
        Entries.checkReferences(a, argument, turn);
        ObjectState object = make(type, nextId, name);
        nextId++;
        objects.put(object.id(), object);
        if (count > 0) {
            if (object instanceof DictState dict) {
                dict.fill(b, first, turn);
            } else if (object instanceof NamespaceState namespace) {
                namespace.fill(b, first, turn);
            } else if (object instanceof ListState elements) {
                elements.fill(Values.elements(b, first), turn);
            } else if (object instanceof QueueState queue) {
                queue.limit(Values.integer(b, first));
            } else if (object instanceof CounterState counter) {
                counter.start(Values.integer(b, first));
            } else if (object instanceof SetState set) {
                set.fill(Values.elements(b, first), turn);
            } else if (object instanceof InstanceState instance) {
                instance.bind(Arrays.copyOfRange(b, first, Values.skip(b, first)), turn);
            } else if (object instanceof IteratorState iterator) {
                iterator.bind(Arrays.copyOfRange(b, first, Values.skip(b, first)), turn);
            } else if (object instanceof SemaphoreState semaphore) {
                semaphore.start(Values.integer(b, first));
            } else if (object instanceof LatchState latch) {
                latch.start(Values.integer(b, first));
            } else if (object instanceof BarrierState barrier) {
                barrier.parties(Values.integer(b, first));
            } else if (object instanceof ConditionState condition) {
                condition.bind(Arrays.copyOfRange(b, first, Values.skip(b, first)), turn);
            }
        }
        return object;
    }

    /** An anonymous object that takes no arguments. */
    ObjectState make(ObjectType type) {
        // asked for by a read of an object that is there: not worth a refusal
        ObjectState object = make(type, nextId, null);
        nextId++;
        objects.put(object.id(), object);
        return object;
    }

    private ObjectState createTyped(ObjectType type, @Nullable String name, byte[] b, int count, int first, Turn turn) {
        if (count != 2 || Tag.of(b, first) != Tag.STRING) {
            throw ObjectState.badArgument(ObjectState.withArticle(type) + " takes " + takes(type));
        }
        TypeCode code = TypeCode.of(Values.text(b, first));
        int second = Values.skip(b, first);
        Tag tag = Tag.of(b, second);
        ObjectState object = make(type, nextId, name);
        if (object instanceof ValueState value) {
            value.start(code, code.bits(b, second));
        } else if (object instanceof ArrayState array) {
            if (tag == Tag.LIST || tag == Tag.TUPLE) {
                turn.checkEntries(0, Values.count(b, second));
                array.start(code, Values.elements(b, second));
            } else if (tag.isInteger()
                    && tag != Tag.BIGINT
                    && isIn(b, second, 0)
                    && Values.integer(b, second) <= ArrayState.MOST) {
                turn.checkEntries(0, Values.integer(b, second));
                array.start(code, (int) Values.integer(b, second));
            } else {
                throw ObjectState.badArgument("an array takes " + takes(type) + ", not " + spelled(b, second));
            }
        }
        nextId++;
        objects.put(object.id(), object);
        return object;
    }

    private static void checkElements(List<byte[]> elements) {
        for (byte[] e : elements) {
            if (!Values.isHashable(e, 0, e.length)) {
                throw new ValueException(
                        ErrorCode.UNHASHABLE,
                        "unhashable type: '" + Tag.of(e, 0).typeName() + "' as an element of the set");
            }
        }
    }

    private static boolean isIterable(byte[] b, int at, Tag tag) {
        ObjectType type = tag == Tag.REF ? ObjectType.coded(Values.refType(b, at)) : null;
        return type == ObjectType.DICT || type == ObjectType.LIST || type == ObjectType.SET;
    }

    private static boolean isLock(byte[] b, int at) {
        return Tag.of(b, at) == Tag.REF
                && (Values.refType(b, at) == ObjectType.LOCK.code()
                        || Values.refType(b, at) == ObjectType.RLOCK.code());
    }

    private static boolean isIn(byte[] b, int at, int least) {
        long n = Values.integer(b, at);
        return n >= least && n <= Integer.MAX_VALUE;
    }

    private static String spelled(byte[] b, int at) {
        Tag tag = Tag.of(b, at);
        return tag.isInteger() && tag != Tag.BIGINT ? Long.toString(Values.integer(b, at)) : tag.typeName();
    }

    private static boolean hasTextKeys(byte[] b, int dict) {
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

    private static String takes(ObjectType type) {
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
            case BARRIER -> "a number of parties from 1 to 2147483647";
        };
    }

    private static ObjectState make(ObjectType type, long id, @Nullable String name) {
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

    private static void release(Args a, Turn turn) {
        List<byte[]> pairs = a.values(0);
        for (int i = 0; i < pairs.size(); i++) {
            Tag tag = Tag.of(pairs.get(i), 0);
            boolean number = tag.isInteger() && tag != Tag.BIGINT;
            if (!number || (i % 2 == 1 && Values.integer(pairs.get(i), 0) < 0)) {
                throw ObjectState.badArgument("holds must be a dict of object id to a number of references");
            }
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            long id = Values.integer(pairs.get(i), 0);
            turn.references().unhold(turn.caller(), id, Values.integer(pairs.get(i + 1), 0));
        }
    }

    /** Frees the anonymous objects that nobody refers to any more, and those that only they referred to. */
    void freeUnused(Turn turn) {
        for (ObjectState o = turn.references().pollUnused();
                o != null;
                o = turn.references().pollUnused()) {
            end(o, turn);
        }
    }

    private void end(ObjectState object, Turn turn) {
        objects.remove(object.id());
        turn.references().forget(object);
        object.dispose(turn);
    }

    private byte[] list(int maxBytes) {
        ContainerBuilder out = new ContainerBuilder(Tag.LIST, maxBytes);
        for (long id : objects.sortedKeys()) {
            ObjectState o = objects.present(id);
            String name = o.name();
            ContainerBuilder row = new ContainerBuilder(Tag.DICT, maxBytes)
                    .add("id", Values.ofInteger(id))
                    .add("type", Values.ofText(o.type().wireName()))
                    .add("name", name == null ? Values.NULL : Values.ofText(name))
                    .add("size", Values.ofInteger(o.size()))
                    .add("references", Values.ofInteger(o.references + o.holds))
                    .add("waiters", Values.ofInteger(o.waiters()));
            if (o instanceof LockState lock) {
                row.add("holder", lock.ownerValue()).add("token", lock.tokenValue());
            }
            out.add(row.build());
        }
        return out.build();
    }

    static ValueException noSuchObject(long id) {
        return new ValueException(
                ErrorCode.NO_SUCH_OBJECT,
                "object " + id + " does not exist: it was deleted, or freed when its last holder let go");
    }

    /** The counterpart of {@link ObjectState#durableCopy}. */
    DurableImage durableImage(long index, List<SessionState.Delivery> undelivered) {
        List<ObjectState> copies = objects.unordered();
        copies.replaceAll(ObjectState::durableCopy);
        return new DurableImage(index, nextId, registry.copy(), copies, undelivered);
    }

    /** Leaves so many ids unused. */
    void skipIds(long count) {
        nextId += count;
    }

    void snapshot(SnapshotWriter out) {
        snapshot(out, registry, nextId, objects);
    }

    @Nullable
    String className(long registeredId) {
        return registry.className(registeredId);
    }

    static void snapshot(SnapshotWriter out, Registry registry, long nextId, LongMap<ObjectState> objects) {
        registry.snapshot(out);
        out.i64(nextId).i32(objects.size());
        for (long id : objects.sortedKeys()) {
            ObjectState o = objects.present(id);
            out.i64(id).u8(o.type().code()).i64(o.references).i64(o.holds);
            out.optionalText(o.name());
            o.snapshot(out);
        }
    }

    void restore(SnapshotReader in, Turn turn) {
        registry.restore(in);
        objects.clear();
        names.clear();
        nextId = in.i64();
        for (int n = in.i32(); n > 0; n--) {
            long id = in.i64();
            ObjectType type = ObjectType.coded(in.u8());
            long references = in.i64();
            long holds = in.i64();
            String name = in.optionalText();
            if (type == null) {
                throw new IllegalArgumentException("object " + id + " of the snapshot is of an unknown type");
            }
            ObjectState object = make(type, id, name);
            object.restore(in, turn);
            turn.references().restore(object, references, holds);
            objects.put(id, object);
            // a name is given when its object is created: the order of ids is the order of names
            if (name != null) {
                names.put(name, object);
            }
        }
    }
}
