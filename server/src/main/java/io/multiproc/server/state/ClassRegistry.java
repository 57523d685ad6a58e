package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The user classes that clients have announced: one id, one class, one schema. The server only compares them. */
final class ClassRegistry {
    private static final int MAX_CLASSES = 10_000;
    private static final int MAX_NAME = 512;

    /** The hash is an encoded text or bytes. */
    private record Registration(long id, String name, byte[] hash) {}

    private final Map<Long, Registration> byId = new LinkedHashMap<>();
    private final Map<String, Registration> byName = new HashMap<>();

    int size() {
        return byId.size();
    }

    @Nullable
    String className(long id) {
        Registration r = byId.get(id);
        return r == null ? null : r.name;
    }

    /** The names of all classes by id. */
    Map<Long, String> names() {
        Map<Long, String> out = new TreeMap<>();
        byId.forEach((id, r) -> out.put(id, r.name));
        return out;
    }

    /**
     * Adds the classes of a list of tuples (id, class name, schema hash), or none of them.
     *
     * @throws ValueException with BAD_ARGUMENT, TOO_LARGE or REGISTRY_MISMATCH
     */
    void register(List<byte[]> tuples) {
        if (tuples.size() > MAX_CLASSES) {
            throw tooMany();
        }
        Map<Long, Registration> newById = new LinkedHashMap<>();
        Map<String, Registration> newByName = new HashMap<>();
        for (byte[] tuple : tuples) {
            Registration r = parse(tuple);
            check(r, byId.get(r.id), byName.get(r.name));
            check(r, newById.get(r.id), newByName.get(r.name));
            if (!byId.containsKey(r.id)) {
                newById.put(r.id, r);
                newByName.put(r.name, r);
            }
        }
        if (byId.size() + newById.size() > MAX_CLASSES) {
            throw tooMany();
        }
        byId.putAll(newById);
        byName.putAll(newByName);
    }

    private static Registration parse(byte[] tuple) {
        Tag tag = Tag.of(tuple, 0);
        if ((tag == Tag.TUPLE || tag == Tag.LIST) && Values.count(tuple, 0) == 3) {
            List<byte[]> fields = new ArrayList<>(Values.elements(tuple, 0));
            Tag id = Tag.of(fields.get(0), 0);
            Tag hash = Tag.of(fields.get(2), 0);
            if (id.isInteger()
                    && id != Tag.BIGINT
                    && Tag.of(fields.get(1), 0) == Tag.STRING
                    && (hash == Tag.STRING || hash == Tag.BYTES)) {
                String name = Values.text(fields.get(1));
                if (name.isEmpty() || name.length() > MAX_NAME) {
                    throw ObjectState.badArgument("a class name has 1 to " + MAX_NAME + " characters");
                }
                if (fields.get(2).length > MAX_NAME) {
                    throw ObjectState.badArgument("a schema hash has up to " + (MAX_NAME - 3) + " bytes");
                }
                return new Registration(Values.integer(fields.get(0), 0), name, fields.get(2));
            }
        }
        throw ObjectState.badArgument("a class is announced as a tuple (id: int, class name: str, schema hash: str)");
    }

    private static void check(Registration r, @Nullable Registration sameId, @Nullable Registration sameName) {
        if (sameId != null && !sameId.name.equals(r.name)) {
            throw mismatch(
                    "class " + r.name + " is announced with id " + r.id + ", which is the id of class " + sameId.name);
        }
        if (sameName != null && sameName.id != r.id) {
            throw mismatch("class " + r.name + " is announced with id " + r.id + ", but its id is " + sameName.id);
        }
        if (sameId != null && !Arrays.equals(sameId.hash, r.hash)) {
            throw mismatch("class " + r.name + " with id " + r.id + " is announced with schema " + shown(r.hash)
                    + ", but its schema is " + shown(sameId.hash)
                    + ": the clients have different versions of the class");
        }
    }

    private static String shown(byte[] hash) {
        return Tag.of(hash, 0) == Tag.STRING
                ? Values.text(hash)
                : java.util.HexFormat.of().formatHex(hash, 2, hash.length);
    }

    private static ValueException mismatch(String text) {
        return new ValueException(ErrorCode.REGISTRY_MISMATCH, text);
    }

    private static ValueException tooMany() {
        return new ValueException(ErrorCode.TOO_LARGE, "more than " + MAX_CLASSES + " classes");
    }

    ClassRegistry copy() {
        ClassRegistry out = new ClassRegistry();
        out.byId.putAll(byId);
        return out;
    }

    void snapshot(SnapshotWriter out) {
        out.i32(byId.size());
        for (Registration r : byId.values()) {
            out.i64(r.id);
            out.text(r.name);
            out.bytes(r.hash);
        }
    }

    void restore(SnapshotReader in) {
        byId.clear();
        byName.clear();
        for (int n = in.i32(); n > 0; n--) {
            Registration r = new Registration(in.i64(), in.text(), in.bytes());
            byId.put(r.id, r);
            byName.put(r.name, r);
        }
    }
}
