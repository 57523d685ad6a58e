package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Text;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateMachine;
import io.multiproc.server.table.LongMap;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The objects by id and by name, and the operations on the manager itself. */
final class ObjectDirectory {
    private final LongMap<ObjectState> objects;
    private final Imaging imaging;
    private final Map<String, ObjectState> names = new LinkedHashMap<>();
    private final ClassRegistry registry = new ClassRegistry();
    private final int[] counts = new int[ObjectType.values().length];
    private long nextId = 1;

    ObjectDirectory(LongMap<ObjectState> objects, Imaging imaging) {
        this.objects = objects;
        this.imaging = imaging;
    }

    Reply apply(ManagerOp op, Args a, ApplyContext context) {
        int most = context.maxReplyBytes();
        return switch (op) {
            case CREATE -> refTo(create(ObjectTypes.named(a.text(0)), null, a, 1, context));
            case OPEN -> open(a, context);
            case FIND -> {
                ObjectState object = names.get(a.text(0));
                yield object == null ? Reply.ABSENT : refTo(object);
            }
            case DELETE -> {
                ObjectState object = names.remove(a.text(0));
                if (object != null) {
                    end(object, context);
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
                release(a, context);
                yield Reply.NOTHING;
            }
            case REGISTER_CLASSES -> {
                registry.register(context.caller().id(), a.values(0), id -> context.sessions()
                        .describe(id));
                yield Reply.NOTHING;
            }
            case OBJECTS -> Reply.value(list(most));
            case SESSIONS -> Reply.value(context.sessions().list(most));
            case NUMBER_OF_OBJECTS -> Reply.integer(objects.size());
            case DESCRIBE -> {
                ObjectState object = names.get(a.text(0));
                yield object == null ? Reply.ABSENT : Reply.value(object.describe(most));
            }
            case LOCKS -> Reply.value(LockListing.list(objects, most));
            case FORCE_RELEASE -> Reply.bool(
                    LockListing.release(context.references().object(a.integer(0)), a.integer(0), context));
            case INFO,
                    SHUTDOWN,
                    KEYS,
                    RELOAD_KEYS,
                    END_SESSIONS,
                    BEGIN_BACKUP,
                    READ_BACKUP,
                    CLUSTER,
                    ADD_NODE,
                    REMOVE_NODE,
                    TRANSFER_LEADERSHIP -> throw new ValueException(
                    ErrorCode.UNKNOWN_OPERATION, op.wireName() + " is not an operation of the shared state");
        };
    }

    boolean isNamed(String name) {
        return names.containsKey(name);
    }

    private static Reply refTo(ObjectState object) {
        return Reply.value(Values.ofRef(object.type().code(), object.id()));
    }

    private Reply open(Args a, ApplyContext context) {
        ObjectType type = ObjectTypes.named(a.text(0));
        String name = a.text(1);
        if (name.isEmpty()) {
            throw ObjectState.badArgument("a name must not be empty");
        }
        if (Text.encode(name).length > Limits.MAX_NAME) {
            throw ObjectState.badArgument("a name may have " + Limits.MAX_NAME + " bytes");
        }
        ObjectState object = names.get(name);
        if (object == null) {
            object = create(type, name, a, 2, context);
        } else if (object.type() != type) {
            throw new ValueException(
                    ErrorCode.NAME_TAKEN,
                    "'" + name + "' is " + ObjectState.withArticle(object.type()) + ", not "
                            + ObjectState.withArticle(type));
        } else {
            checkArguments(object, name, a);
        }
        return refTo(object);
    }

    /** Whoever counts on another capacity than an object has must know; without arguments it is taken as it is. */
    private static void checkArguments(ObjectState object, String name, Args a) {
        byte[] b = a.buffer();
        int list = a.start(2);
        int count = Values.count(b, list);
        if (count == 0) {
            return;
        }
        int first = Values.first(list);
        ObjectTypes.check(object.type(), b, first, count);
        String difference = object.difference(b, first, count);
        if (difference != null) {
            throw ObjectState.badArgument("'" + name + "', which exists, is " + ObjectState.withArticle(object.type())
                    + " that " + difference);
        }
    }

    private ObjectState create(ObjectType type, @Nullable String name, Args a, int argument, ApplyContext context) {
        context.checkObjects(objects.size());
        // all that takes memory comes before anything has changed; what registers a filled object takes none
        objects.reserve(1);
        ObjectState object = ObjectTypes.create(type, nextId, name, a, argument, context);
        if (name != null) {
            try {
                names.put(name, object);
            } catch (OutOfMemoryError e) {
                ObjectState unused = names.remove(name);
                object.dispose(context);
                throw e;
            }
        }
        add(object, context);
        return object;
    }

    /** What {@link io.multiproc.server.machine.StateMachine#growth} says of an operation on the manager. */
    long growth(ManagerOp op, Args a) {
        return switch (op) {
            case CREATE -> growth(a, 1);
            case OPEN -> names.containsKey(a.text(1)) ? StateMachine.KEEPS_NOTHING : growth(a, 2);
            case REGISTER_CLASSES -> ClassRegistry.GROWTH * (a.stop(0) - a.start(0));
            default -> StateMachine.KEEPS_NOTHING;
        };
    }

    private long growth(Args a, int argument) {
        byte[] b = a.buffer();
        int list = a.start(argument);
        long bytes = ObjectState.OBJECT + objects.growth(1);
        if (Values.count(b, list) == 0) {
            return bytes;
        }
        int first = Values.first(list);
        Tag tag = Tag.of(b, first);
        if (tag.isContainer()) {
            // an element's places in a table or a list, and the array's head
            return bytes + 2 * ObjectState.ELEMENT * Values.count(b, first);
        }
        return bytes + (a.text(0).equals(ObjectType.ARRAY.wireName()) ? ArrayState.growth(b, first) : 0);
    }

    /** An anonymous object that takes no arguments. */
    ObjectState make(ObjectType type, ApplyContext context) {
        // asked for by a read of an object that is there: not worth a refusal by a limit
        objects.reserve(1);
        ObjectState object = ObjectTypes.make(type, nextId, null);
        add(object, context);
        return object;
    }

    private void add(ObjectState object, ApplyContext context) {
        object.created = context.now();
        nextId++;
        put(object);
    }

    private void put(ObjectState object) {
        objects.put(object.id(), object);
        counts[object.type().ordinal()]++;
    }

    /** The number of live objects of each type. */
    Map<ObjectType, Integer> countByType() {
        Map<ObjectType, Integer> out = new EnumMap<>(ObjectType.class);
        for (ObjectType type : ObjectType.values()) {
            out.put(type, counts[type.ordinal()]);
        }
        return out;
    }

    private static void release(Args a, ApplyContext context) {
        context.work().spend(Values.count(a.buffer(), a.start(0)), Work.LOOK_UP);
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
            context.references().unhold(context.caller(), id, Values.integer(pairs.get(i + 1), 0));
        }
    }

    /** Frees the anonymous objects that nobody refers to any more, and those that only they referred to. */
    void freeUnused(ApplyContext context) {
        for (ObjectState o = context.references().pollUnused();
                o != null;
                o = context.references().pollUnused()) {
            try {
                end(o, context);
            } catch (OutOfMemoryError e) {
                // what was asked for is done; if it is still there, it is freed after the next entry
                context.references().keepUnused(o);
                return;
            }
        }
    }

    private void end(ObjectState object, ApplyContext context) {
        imaging.before(object);
        ObjectState unused = objects.remove(object.id());
        counts[object.type().ordinal()]--;
        context.references().forget(object);
        object.dispose(context);
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
                    .add("waiters", Values.ofInteger(o.waiters()))
                    .add("created", Values.ofInteger(o.created))
                    .add("operations", Values.ofInteger(o.operations + o.reads));
            o.addDetails(row);
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
    DurableSnapshot durableSnapshot(long index, Settings settings, List<SessionState.Delivery> undelivered) {
        List<ObjectState> copies = objects.unordered();
        copies.replaceAll(o -> {
            ObjectState copy = o.durableCopy();
            copy.created = o.created;
            copy.operations = o.operations + o.reads;
            return copy;
        });
        return new DurableSnapshot(index, settings, nextId, registry.durableCopy(), copies, undelivered);
    }

    /** A session has ended. */
    void forgetClasses(long session) {
        registry.forget(session);
    }

    /** Leaves so many ids unused. */
    void skipIds(long count) {
        nextId += count;
    }

    /** All ids to come are higher than this. */
    void raiseIds(long last) {
        nextId = Math.max(nextId, last + 1);
    }

    /** The highest id given so far. */
    long lastId() {
        return nextId - 1;
    }

    void snapshot(SnapshotWriter out) {
        snapshot(out, registry, nextId, objects);
    }

    /** The counterpart of {@link #snapshot}, after what a collecting writer has got. */
    StateImage image(SnapshotWriter out, long index, long clusterId, LongSupplier nanoTime) {
        snapshotHead(out, registry, nextId, objects);
        return new StateImage(index, clusterId, imaging, out, objects, nextId, nanoTime);
    }

    @Nullable
    String className(long registeredId) {
        return registry.className(registeredId);
    }

    Map<Long, String> classNames() {
        return registry.names();
    }

    static void snapshot(SnapshotWriter out, ClassRegistry registry, long nextId, LongMap<ObjectState> objects) {
        snapshotHead(out, registry, nextId, objects);
        for (long id : objects.sortedKeys()) {
            snapshot(out, objects.present(id));
        }
    }

    private static void snapshotHead(
            SnapshotWriter out, ClassRegistry registry, long nextId, LongMap<ObjectState> objects) {
        registry.snapshot(out);
        out.i64(nextId).i32(objects.size());
    }

    /** Writes one object. */
    static void snapshot(SnapshotWriter out, ObjectState o) {
        out.i64(o.id())
                .u8(o.type().code())
                .i64(o.references)
                .i64(o.holds)
                .i64(o.created)
                .i64(o.operations);
        out.optionalText(o.name());
        o.snapshot(out);
    }

    void restore(SnapshotReader in, ApplyContext context) {
        registry.restore(in);
        objects.clear();
        Arrays.fill(counts, 0);
        names.clear();
        nextId = in.i64();
        for (int n = in.i32(); n > 0; n--) {
            long id = in.i64();
            ObjectType type = ObjectType.coded(in.u8());
            long references = in.i64();
            long holds = in.i64();
            long created = in.i64();
            long operations = in.i64();
            String name = in.optionalText();
            if (type == null) {
                throw new IllegalArgumentException("object " + id + " of the snapshot is of an unknown type");
            }
            ObjectState object = ObjectTypes.make(type, id, name);
            object.created = created;
            object.operations = operations;
            object.restore(in, context);
            context.references().restore(object, references, holds);
            put(object);
            // a name is given when its object is created: the order of ids is the order of names
            if (name != null) {
                names.put(name, object);
            }
        }
    }
}
