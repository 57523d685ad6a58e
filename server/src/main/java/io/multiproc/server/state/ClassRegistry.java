package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The user classes that open sessions have announced. Versions of a class may differ as long as their values can be read by each other's programs:
 * a field of the same name must have types with values in common ({@link FieldTypes}). A version is forgotten with the last session that
 * announced it. Only the last name of each number outlives the sessions: for people, and compared with nothing.
 */
final class ClassRegistry {
    /** In snapshots since; earlier ones hold names and hashes, compared with every later version. */
    private static final int SINCE_VERSION = 8;

    /** How many bytes each byte of an announcement becomes, at most: texts, maps and their entries. */
    static final long GROWTH = 16;

    private static final int MAX_CLASSES = 10_000;
    private static final int MAX_NAME = 512;
    private static final int MAX_FIELDS = 1000;

    /** One version of a class. An opaque schema (a client of before fields were announced) has the kind's place and no fields. */
    private record Version(long id, String name, String kind, Map<String, String> fields) {}

    /** What some sessions have announced, all the same. */
    private static final class Announcement {
        final Map<Long, Version> versions = new LinkedHashMap<>();
        final Set<Long> sessions = new LinkedHashSet<>();
    }

    private final Map<Map<Long, Version>, Announcement> announcements = new LinkedHashMap<>();
    private final Map<Long, Announcement> bySession = new HashMap<>();
    private final Map<Long, String> names = new LinkedHashMap<>();

    /** The number of classes that open sessions have announced. */
    int size() {
        return announcements.values().stream().mapToInt(a -> a.versions.size()).sum();
    }

    @Nullable
    String className(long id) {
        return names.get(id);
    }

    /** The last names of all numbers, by number. */
    Map<Long, String> names() {
        return new TreeMap<>(names);
    }

    /**
     * Adds the classes of a list of tuples (id, class name, kind, types of fields by name) to those of a session, or none of them.
     *
     * @param programs what a session is called in an error
     * @throws ValueException with BAD_ARGUMENT, TOO_LARGE or REGISTRY_MISMATCH
     */
    void register(long session, List<byte[]> tuples, LongFunction<String> programs) {
        if (tuples.size() > MAX_CLASSES) {
            throw new ValueException(ErrorCode.TOO_LARGE, "more than " + MAX_CLASSES + " classes");
        }
        Announcement before = bySession.get(session);
        Map<Long, Version> all = new LinkedHashMap<>(before == null ? Map.of() : before.versions);
        Map<String, Version> byName = new HashMap<>();
        all.values().forEach(v -> byName.put(v.name, v));
        for (byte[] tuple : tuples) {
            Version v = parse(tuple);
            String mine = programs.apply(session);
            check(v, all.get(v.id), byName.get(v.name), mine, mine);
            all.put(v.id, v);
            byName.put(v.name, v);
        }
        if (all.size() > MAX_CLASSES) {
            throw new ValueException(ErrorCode.TOO_LARGE, "more than " + MAX_CLASSES + " classes");
        }
        if (before != null && before.versions.equals(all)) {
            return;
        }
        Announcement same = announcements.get(all);
        if (same == null) {
            checkAgainstOthers(session, all, byName, programs);
            same = new Announcement();
            same.versions.putAll(all);
            announcements.put(same.versions, same);
        }
        forget(session);
        same.sessions.add(session);
        bySession.put(session, same);
        for (Version v : all.values()) {
            if (names.size() < MAX_CLASSES || names.containsKey(v.id)) {
                names.put(v.id, v.name);
            }
        }
    }

    private void checkAgainstOthers(
            long session, Map<Long, Version> all, Map<String, Version> byName, LongFunction<String> programs) {
        for (Announcement other : announcements.values()) {
            Iterator<Long> sessions = other.sessions.iterator();
            long example = sessions.next();
            if (example == session) {
                if (!sessions.hasNext()) {
                    continue; // replaced by this one
                }
                example = sessions.next();
            }
            for (Version theirs : other.versions.values()) {
                Version sameId = all.get(theirs.id);
                Version sameName = byName.get(theirs.name);
                if (sameId != null) {
                    check(sameId, theirs, null, programs.apply(session), programs.apply(example));
                }
                if (sameName != null) {
                    check(sameName, null, theirs, programs.apply(session), programs.apply(example));
                }
            }
        }
    }

    /** The session has ended: what it alone had announced is forgotten. */
    void forget(long session) {
        Announcement a = bySession.remove(session);
        if (a != null) {
            a.sessions.remove(session);
            if (a.sessions.isEmpty()) {
                announcements.remove(a.versions);
            }
        }
    }

    private static Version parse(byte[] tuple) {
        Tag tag = Tag.of(tuple, 0);
        if (tag == Tag.TUPLE || tag == Tag.LIST) {
            List<byte[]> parts = new ArrayList<>(Values.elements(tuple, 0));
            if ((parts.size() == 3 || parts.size() == 4)
                    && isId(parts.get(0))
                    && Tag.of(parts.get(1), 0) == Tag.STRING
                    && (parts.size() == 4 ? isKind(parts) : isHash(parts.get(2)))) {
                String name = Values.text(parts.get(1));
                if (name.isEmpty() || name.length() > MAX_NAME) {
                    throw ObjectState.badArgument("a class name has 1 to " + MAX_NAME + " characters");
                }
                if (parts.get(2).length > MAX_NAME) {
                    throw ObjectState.badArgument("a kind has up to " + (MAX_NAME - 3) + " bytes");
                }
                String kind = Tag.of(parts.get(2), 0) == Tag.STRING
                        ? Values.text(parts.get(2))
                        : java.util.HexFormat.of().formatHex(parts.get(2), 2, parts.get(2).length);
                return new Version(
                        Values.integer(parts.get(0), 0),
                        name,
                        kind,
                        parts.size() == 4 ? fields(parts.get(3)) : Map.of());
            }
        }
        throw ObjectState.badArgument(
                "a class is announced as a tuple (id: int, class name: str, kind: str, fields: dict of str to str)");
    }

    private static boolean isId(byte[] value) {
        Tag id = Tag.of(value, 0);
        return id.isInteger() && id != Tag.BIGINT;
    }

    private static boolean isHash(byte[] value) {
        return Tag.of(value, 0) == Tag.STRING || Tag.of(value, 0) == Tag.BYTES;
    }

    private static boolean isKind(List<byte[]> parts) {
        return Tag.of(parts.get(2), 0) == Tag.STRING && Tag.of(parts.get(3), 0) == Tag.DICT;
    }

    private static Map<String, String> fields(byte[] dict) {
        if (Values.count(dict, 0) > MAX_FIELDS) {
            throw ObjectState.badArgument("a class has up to " + MAX_FIELDS + " fields");
        }
        Map<String, String> out = new TreeMap<>();
        Iterator<byte[]> parts = Values.elements(dict, 0).iterator();
        while (parts.hasNext()) {
            byte[] name = parts.next();
            byte[] type = parts.next();
            if (Tag.of(name, 0) != Tag.STRING || Tag.of(type, 0) != Tag.STRING) {
                throw ObjectState.badArgument("the fields of a class are a dict of str to str");
            }
            if (name.length > 2 * MAX_NAME || type.length > 2 * MAX_NAME) {
                throw ObjectState.badArgument(
                        "the name of a field or its type has more than " + MAX_NAME + " characters");
            }
            // programs with the same classes share the texts
            out.put(Values.text(name).intern(), Values.text(type).intern());
        }
        return Collections.unmodifiableMap(out);
    }

    private static void check(
            Version v, @Nullable Version sameId, @Nullable Version sameName, String mine, String theirs) {
        if (sameId != null && !sameId.name.equals(v.name)) {
            throw mismatch("class id " + v.id + " is " + v.name + " in " + mine + ", but " + sameId.name + " in "
                    + theirs + ": use another id, or declare the old name with @StoredName if the class was renamed");
        }
        if (sameName != null && sameName.id != v.id) {
            throw mismatch("class " + v.name + " has id " + v.id + " in " + mine + ", but id " + sameName.id + " in "
                    + theirs + ": register it with the same id in every program");
        }
        if (sameId == null) {
            return;
        }
        if (!v.kind.equals(sameId.kind) && !(hasFields(v) && hasFields(sameId))) {
            throw mismatch("class " + v.name + " with id " + v.id + " is " + v.kind + " in " + mine + ", but "
                    + sameId.kind + " in " + theirs + ": give the changed class another name and id");
        }
        v.fields.forEach((field, type) -> {
            String other = sameId.fields.get(field);
            if (other != null && !FieldTypes.compatible(type, other)) {
                throw mismatch("field " + field + " of class " + v.name + " with id " + v.id + " is " + type + " in "
                        + mine + ", but " + other + " in " + theirs
                        + ": give the changed field another name, or stop the programs with the other version first");
            }
        });
    }

    private static boolean hasFields(Version v) {
        return v.kind.equals("a record") || v.kind.equals("a class with fields");
    }

    private static ValueException mismatch(String text) {
        return new ValueException(ErrorCode.REGISTRY_MISMATCH, text);
    }

    /** The names alone: no session outlives the server. */
    ClassRegistry durableCopy() {
        ClassRegistry out = new ClassRegistry();
        out.names.putAll(names);
        return out;
    }

    void snapshot(SnapshotWriter out) {
        out.i32(names.size());
        names.forEach((id, name) -> {
            out.i64(id);
            out.text(name);
        });
        out.i32(announcements.size());
        for (Announcement a : announcements.values()) {
            out.i32(a.sessions.size());
            a.sessions.forEach(out::i64);
            out.i32(a.versions.size());
            for (Version v : a.versions.values()) {
                out.i64(v.id);
                out.text(v.name);
                out.text(v.kind);
                out.i32(v.fields.size());
                v.fields.forEach((name, type) -> {
                    out.text(name);
                    out.text(type);
                });
            }
        }
    }

    void restore(SnapshotReader in) {
        names.clear();
        announcements.clear();
        bySession.clear();
        for (int n = in.i32(); n > 0; n--) {
            names.put(in.i64(), in.text());
            if (in.version() < SINCE_VERSION) {
                byte[] unused = in.bytes();
            }
        }
        if (in.version() < SINCE_VERSION) {
            return;
        }
        for (int n = in.i32(); n > 0; n--) {
            Announcement a = new Announcement();
            for (int sessions = in.i32(); sessions > 0; sessions--) {
                long session = in.i64();
                a.sessions.add(session);
                bySession.put(session, a);
            }
            for (int versions = in.i32(); versions > 0; versions--) {
                long id = in.i64();
                String name = in.text();
                String kind = in.text();
                Map<String, String> fields = new TreeMap<>();
                for (int f = in.i32(); f > 0; f--) {
                    fields.put(in.text().intern(), in.text().intern());
                }
                a.versions.put(id, new Version(id, name, kind, Collections.unmodifiableMap(fields)));
            }
            announcements.put(a.versions, a);
        }
    }
}
