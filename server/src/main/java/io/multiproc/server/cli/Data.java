package io.multiproc.server.cli;

import io.multiproc.client.ArrayProxy;
import io.multiproc.client.CounterProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.NamespaceProxy;
import io.multiproc.client.Proxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SetProxy;
import io.multiproc.client.Tuple;
import io.multiproc.client.ValueProxy;
import io.multiproc.server.cli.Input.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commands that read and change the content of objects. A value on the command line is the text as it stands, or JSON if {@code --json} is said of
 * it; keys likewise by {@code --json-key}.
 */
final class Data {
    private Data() {}

    /** The one of that name; null if there is none. */
    static @Nullable Subcommand command(String name) {
        return switch (name) {
            case "get" -> new Get();
            case "put" -> new Put();
            case "pop" -> new Pop();
            case "append" -> new Append();
            default -> null;
        };
    }

    /** How a key is said. */
    static Input<Boolean> jsonKey(Inputs inputs) {
        return inputs.flag(
                "json-key", "KEY is JSON: a number, true, false; a list stands for a tuple. Default: it is a text.");
    }

    /** How a value is printed as it is. */
    static Input<Boolean> raw(Inputs inputs) {
        return inputs.flag("raw", "Prints a text or bytes as they are, without a newline; other values as JSON.");
    }

    /** How a value is said. */
    static Input<Boolean> jsonValue(Inputs inputs) {
        return inputs.flag("json", "VALUE is JSON: a number, list, dict … Default: it is a text.");
    }

    static Object value(String text, boolean json) {
        if (!json) {
            return text;
        }
        Object value = Json.parse(text);
        if (value == null) {
            throw new UsageException("null is no value that a command can store");
        }
        return value;
    }

    /** A key: JSON has no tuples, and lists are no keys. */
    static @Nullable Object key(String text, boolean json) {
        return json ? tuples(Json.parse(text)) : text;
    }

    /** Of a dict that a Java program may ask for it. */
    static Object present(@Nullable Object key) {
        if (key == null) {
            throw new UsageException("the key null, Python's None, can only be read by 'multiproc get'");
        }
        return key;
    }

    private static @Nullable Object tuples(@Nullable Object value) {
        return value instanceof List<?> list
                ? Tuple.of(list.stream().map(Data::tuples).toArray())
                : value;
    }

    /** A negative one counts from the end. */
    static int index(String text) {
        try {
            return Kind.INT.reader().apply(text);
        } catch (NumberFormatException e) {
            throw new UsageException("KEY is a position here, a whole number, not '" + text + "'");
        }
    }

    /** Sets a position of a list, in one step, as it may be counted from the end. */
    static void set(ListProxy<Object> list, int index, Object value) {
        if (index >= 0) {
            Object unused = list.set(index, value);
            return;
        }
        try {
            // backwards, so that a slice of one element has an end in each place, and none is beside the list
            list.setSlice(index, index - 1, -1, List.of(value));
        } catch (IllegalArgumentException e) {
            throw Multiproc.failed("the list has no position " + index + ": it has " + list.size() + " elements");
        }
    }

    static ManagerException noKey(String key, String name) {
        return Multiproc.failed("'" + name + "' has no key '" + key
                + "' (a text; say --json-key for a number). See 'multiproc get " + name + "'");
    }

    static UsageException unfit(String command, String name, Proxy object) {
        return new UsageException(
                "'" + name + "' is a " + object.typeId() + ", which '" + command + "' does not change");
    }

    /** Prints a value: for people, as JSON, or as it is. */
    static void print(PrintStream out, Manager manager, @Nullable Object value, boolean json, boolean raw) {
        if (raw && value instanceof byte[] bytes) {
            out.write(bytes, 0, bytes.length);
        } else if (raw && value instanceof String text) {
            out.print(text);
        } else if (json || raw) {
            out.println(Json.of(Inspect.shown(manager).json(value)));
        } else {
            out.println(
                    value instanceof String s
                            ? Shown.escaped(s)
                            : Inspect.shown(manager).text(value));
        }
    }

    /** The content of an object. */
    static final class Get extends Inspect.Base {
        Get() {
            super(
                    "get",
                    "Prints the content of a named object.",
                    "Objects of user classes show their class and size. In JSON they are {\"class\", \"bytes\"}, bytes are base64, keys are texts."
                            + " A dict in which keys have the same text, as 1 and \"1\", is a list of pairs [key, value].");
        }

        private final Input<Boolean> json = inputs.flag("json", "Prints JSON.");
        private final Input<Boolean> raw = raw(inputs);
        private final Input<@Nullable String> key = inputs.option(
                "key", "KEY", Kind.TEXT, "Only what a dict or namespace has under this key, or a list or array at it.");
        private final Input<Boolean> jsonKey = jsonKey(inputs);
        private final Input<@Nullable Integer> limit = inputs.option(
                "limit",
                "N",
                Kind.between(0, Integer.MAX_VALUE),
                "At most so many entries, elements or items: no more are fetched.");
        private final Input<String> name = inputs.parameter("NAME");

        @Override
        void act(Manager manager, PrintStream out) {
            String wanted = key.get();
            Integer most = limit.get();
            if (wanted != null) {
                Proxy object = Inspect.present(manager, name.get());
                print(out, manager, entry(object, wanted), json.get(), raw.get());
                return;
            }
            if (most != null) {
                Proxy object = Inspect.present(manager, name.get());
                Object part = part(object, most);
                if (part != null) {
                    long more = size(object)
                            - (part instanceof Map<?, ?> m ? m.size() : ((java.util.Collection<?>) part).size());
                    Shown shown = Inspect.shown(manager);
                    out.println(json.get() ? Json.of(shown.json(part)) : shown.text(part, more));
                    return;
                }
            }
            Object value = manager.describe(name.get());
            if (value == null) {
                throw Inspect.absent(name.get());
            }
            print(out, manager, value, json.get(), raw.get());
        }

        private @Nullable Object entry(Proxy object, String text) {
            if (object instanceof DictProxy<?, ?> dict) {
                Object k = key(text, jsonKey.get());
                if (k == null) {
                    return ofNull(dict, text);
                }
                Object value = dict.get(k);
                if (value == null && !dict.containsKey(k)) {
                    throw noKey(text, name.get());
                }
                return value;
            }
            if (object instanceof NamespaceProxy namespace) {
                if (!namespace.has(text)) {
                    throw noKey(text, name.get());
                }
                return namespace.get(text);
            }
            if (object instanceof ListProxy<?> list) {
                return list.at(index(text));
            }
            if (object instanceof ArrayProxy<?> array) {
                return array.get(index(text));
            }
            throw new UsageException("--key: '" + name.get() + "' is a " + object.typeId() + " and has no keys");
        }

        /** What a Python program has put under {@code None}, which a Java program cannot ask for. */
        private @Nullable Object ofNull(DictProxy<?, ?> dict, String text) {
            for (Map.Entry<?, ?> e : dict.entrySet()) {
                if (e.getKey() == null) {
                    return e.getValue();
                }
            }
            throw noKey(text, name.get());
        }

        private static long size(Proxy object) {
            return object instanceof DictProxy<?, ?> d
                    ? d.size()
                    : object instanceof ListProxy<?> l
                            ? l.size()
                            : object instanceof SetProxy<?> s
                                    ? s.size()
                                    : object instanceof QueueProxy<?> q
                                            ? q.size()
                                            : object instanceof ArrayProxy<?> a ? a.length() : 0;
        }

        /** Null for what is small or has no parts. */
        private static @Nullable Object part(Proxy object, int most) {
            if (object instanceof DictProxy<?, ?> dict) {
                Map<Object, @Nullable Object> some = new LinkedHashMap<>();
                Iterator<? extends Map.Entry<?, ?>> all = dict.entrySet().iterator();
                while (some.size() < most && all.hasNext()) {
                    Map.Entry<?, ?> e = all.next();
                    some.put(e.getKey(), e.getValue());
                }
                return some;
            }
            if (object instanceof ListProxy<?> list) {
                return list.slice(0, most);
            }
            if (object instanceof ArrayProxy<?> array) {
                return array.slice(0, most);
            }
            if (object instanceof SetProxy<?> set) {
                Set<Object> some = new LinkedHashSet<>();
                Iterator<?> all = set.iterator();
                while (some.size() < most && all.hasNext()) {
                    some.add(all.next());
                }
                return some;
            }
            return object instanceof QueueProxy<?> queue ? head(queue, most) : null;
        }
    }

    /** The first items of a queue, which stay. */
    static List<Object> head(QueueProxy<?> queue, int most) {
        List<Object> some = new ArrayList<>();
        Iterator<?> all = queue.iterator();
        while (some.size() < most && all.hasNext()) {
            some.add(all.next());
        }
        return some;
    }

    /** Puts an entry. */
    static final class Put extends Inspect.Base {
        Put() {
            super(
                    "put",
                    "Puts VALUE under KEY into a dict (made if absent) or namespace, or at that position of a list or array.",
                    "Without KEY it sets a value or counter. Write '--' before words that begin with a dash: put list -- -1 last.");
        }

        private final Input<Boolean> json = jsonValue(inputs);
        private final Input<Boolean> jsonKey = jsonKey(inputs);
        private final Input<Boolean> stdin =
                inputs.flag("stdin", "VALUE is not a word: it is read from standard input, as it is, in UTF-8.");
        private final Input<String> name = inputs.parameter("NAME");
        private final Input<List<String>> rest = inputs.rest("[KEY] VALUE", 0);

        /** All of standard input. */
        private static String read() {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(System.in.readAllBytes()))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new UsageException("standard input is no text in UTF-8");
            } catch (IOException e) {
                throw new UncheckedIOException("standard input cannot be read", e);
            }
        }

        @Override
        @SuppressWarnings("unchecked")
        void act(Manager manager, PrintStream out) {
            List<String> words = new ArrayList<>(rest.get());
            if (stdin.get()) {
                if (words.size() > 1) {
                    throw new UsageException("'" + words.get(1) + "' is one word too many: --stdin is the value");
                }
                words.add(read());
            }
            if (words.isEmpty()) {
                throw new UsageException("VALUE is missing");
            }
            if (words.size() > 2) {
                throw new UsageException(
                        "'" + words.get(2) + "' is one word too many; a value with spaces has quotation marks");
            }
            String key = words.size() == 2 ? words.get(0) : null;
            Object value = value(words.get(words.size() - 1), json.get());
            Proxy found = manager.find(name.get());
            Proxy object = found == null && key != null ? manager.dict(name.get()) : found;
            if (object == null) {
                throw new UsageException("KEY is missing: 'put " + name.get() + "' makes a dict");
            }
            begins();
            if (key == null) {
                if (object instanceof ValueProxy<?> v) {
                    ((ValueProxy<Object>) v).set(value);
                } else if (object instanceof CounterProxy c && value instanceof Long n) {
                    c.set(n);
                } else if (object instanceof CounterProxy) {
                    throw new UsageException("a counter takes a whole number: say --json");
                } else {
                    throw new UsageException("KEY is missing: '" + name.get() + "' is a " + object.typeId());
                }
            } else if (object instanceof DictProxy<?, ?> dict) {
                ((DictProxy<Object, Object>) dict).set(present(key(key, jsonKey.get())), value);
            } else if (object instanceof NamespaceProxy namespace) {
                namespace.set(key, value);
            } else if (object instanceof ListProxy<?> list) {
                Data.set((ListProxy<Object>) list, index(key), value);
            } else if (object instanceof ArrayProxy<?> array) {
                ((ArrayProxy<Object>) array).set(index(key), value);
            } else {
                throw unfit("put", name.get(), object);
            }
        }
    }

    /** Takes an entry out. */
    static final class Pop extends Inspect.Base {
        Pop() {
            super(
                    "pop",
                    "Removes KEY from a dict or namespace, or that position of a list (without KEY the last), and prints the value.",
                    "Of a set it removes the element KEY, without KEY any. What cannot be printed is put back.");
        }

        private final Input<Boolean> json = inputs.flag("json", "Prints JSON.");
        private final Input<Boolean> raw = raw(inputs);
        private final Input<Boolean> jsonKey = jsonKey(inputs);
        private final Input<String> name = inputs.parameter("NAME");
        private final Input<List<String>> rest = inputs.rest("KEY", 0);

        @Override
        @SuppressWarnings("unchecked")
        void act(Manager manager, PrintStream out) {
            if (rest.get().size() > 1) {
                throw new UsageException("'" + rest.get().get(1) + "' is one word too many");
            }
            String key = rest.get().isEmpty() ? null : rest.get().get(0);
            Proxy object = Inspect.present(manager, name.get());
            begins();
            Object taken = taken(object, key);
            print(out, manager, taken, json.get(), raw.get());
            if (out.checkError()) {
                throw new OutputException(
                        putBack(object, key, taken)
                                ? "; what was taken out is back"
                                : "; this was taken out of '" + name.get() + "': " + new Shown(Map.of()).text(taken));
            }
        }

        /** Whether nobody has put anything else there meanwhile. */
        @SuppressWarnings("unchecked")
        private boolean putBack(Proxy object, @Nullable String key, @Nullable Object taken) {
            if (taken == null) {
                return false; // Python's None, which a Java program cannot store
            }
            if (object instanceof ListProxy<?> list) {
                ListProxy<Object> all = (ListProxy<Object>) list;
                int index = key == null ? -1 : index(key);
                if (index == -1) {
                    all.append(taken);
                } else {
                    // a negative one counts from the end of the list as it was
                    all.insert(index < 0 ? index + 1 : index, taken);
                }
                return true;
            }
            if (object instanceof SetProxy<?> set) {
                return ((SetProxy<Object>) set).add(taken);
            }
            if (object instanceof DictProxy<?, ?> dict) {
                Object k = present(key(String.valueOf(key), jsonKey.get()));
                return ((DictProxy<Object, Object>) dict).putIfAbsent(k, taken) == null;
            }
            if (object instanceof NamespaceProxy namespace && !namespace.has(String.valueOf(key))) {
                namespace.set(String.valueOf(key), taken);
                return true;
            }
            return false;
        }

        @SuppressWarnings("unchecked")
        private @Nullable Object taken(Proxy object, @Nullable String key) {
            if (object instanceof ListProxy<?> list) {
                return key == null ? list.pop() : list.pop(index(key));
            }
            if (key == null && !(object instanceof SetProxy)) {
                throw new UsageException("KEY is missing: '" + name.get() + "' is a " + object.typeId());
            }
            if (object instanceof SetProxy<?> set) {
                if (key == null) {
                    return set.pop();
                }
                Object element = present(key(key, jsonKey.get()));
                if (!set.remove(element)) {
                    throw noKey(key, name.get());
                }
                return element;
            }
            String wanted = String.valueOf(key);
            if (object instanceof DictProxy<?, ?> dict) {
                try {
                    return ((DictProxy<Object, Object>) dict).pop(present(key(wanted, jsonKey.get())));
                } catch (java.util.NoSuchElementException e) {
                    throw noKey(wanted, name.get());
                }
            }
            if (object instanceof NamespaceProxy namespace && namespace.has(wanted)) {
                Object value = namespace.get(wanted);
                if (namespace.delete(wanted)) {
                    return value;
                }
            }
            throw object instanceof NamespaceProxy ? noKey(wanted, name.get()) : unfit("pop", name.get(), object);
        }
    }

    /** Adds elements. */
    static final class Append extends Inspect.Base {
        Append() {
            super("append", "Appends each VALUE to a list (made if absent), or adds it to a set.");
        }

        private final Input<Boolean> json = jsonValue(inputs);
        private final Input<String> name = inputs.parameter("NAME");
        private final Input<List<String>> values = inputs.rest("VALUE...", 1);

        @Override
        @SuppressWarnings("unchecked")
        void act(Manager manager, PrintStream out) {
            List<Object> all = new ArrayList<>();
            values.get().forEach(text -> all.add(value(text, json.get())));
            Proxy found = manager.find(name.get());
            Proxy object = found == null ? manager.list(name.get()) : found;
            begins();
            if (object instanceof ListProxy<?> list) {
                ((ListProxy<Object>) list).extend(all);
            } else if (object instanceof SetProxy<?> set) {
                boolean unused = ((SetProxy<Object>) set).addAll(all);
            } else {
                throw unfit("append", name.get(), object);
            }
        }
    }
}
