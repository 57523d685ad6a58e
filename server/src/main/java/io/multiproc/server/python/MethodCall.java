package io.multiproc.server.python;

import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.pickle.Likeness;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Translator;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One method call on an object. Its results are graphs, or {@link Encoded} values. What a call reads before it changes something, it reads in one turn of
 * the event loop; commands of others may come between that and the change.
 */
final class MethodCall {
    /** A result that is a value of the envelope. */
    record Encoded(byte[] bytes, int start) {
        Encoded(byte[] value) {
            this(value, 0);
        }
    }

    /** A result that comes later: the call waits on the server. */
    static final Object LATER = new Object();

    private static final Object MISSING = new Object();

    final PythonHub hub;
    final PythonSession caller;
    final long object;
    final String method;
    private final List<Object> args;
    private final PyDict kwargs;
    private final boolean shared;

    MethodCall(
            PythonHub hub,
            PythonSession caller,
            long object,
            String method,
            List<Object> args,
            PyDict kwargs,
            boolean shared) {
        this.hub = hub;
        this.caller = caller;
        this.object = object;
        this.method = method;
        this.args = args;
        this.kwargs = kwargs;
        this.shared = shared;
    }

    /** The same call with other positional arguments. */
    MethodCall withArguments(List<Object> others) {
        return new MethodCall(hub, caller, object, method, others, kwargs, shared);
    }

    /** The positional arguments; the method takes between so many of them and no keywords. */
    List<Object> positional(String type, int least, int most) {
        if (!kwargs.pairs.isEmpty()) {
            throw PyError.type(type + "." + method + "() takes no keyword arguments");
        }
        int n = args.size();
        if (least == most && n != least) {
            String takes = least == 0 ? "no arguments" : least == 1 ? "exactly one argument" : least + " arguments";
            throw PyError.type(type + "." + method + "() takes " + takes + " (" + n + " given)");
        } else if (n < least) {
            throw PyError.type(
                    method + " expected at least " + least + " argument" + (least == 1 ? "" : "s") + ", got " + n);
        } else if (n > most) {
            throw PyError.type(
                    method + " expected at most " + most + " argument" + (most == 1 ? "" : "s") + ", got " + n);
        }
        return args;
    }

    /** The arguments as a Python function with these parameters would bind them; null in {@code defaults} means required. */
    Object[] bind(String function, List<String> names, @Nullable Object... defaults) {
        Object[] out = new Object[names.size()];
        Arrays.fill(out, MISSING);
        if (args.size() > out.length) {
            throw PyError.type(function + "() takes " + (out.length + 1) + " positional arguments but "
                    + (args.size() + 1) + " were given");
        }
        for (int i = 0; i < args.size(); i++) {
            out[i] = args.get(i);
        }
        for (int i = 0; i < kwargs.pairs.size(); i += 2) {
            int at = names.indexOf(kwargs.pairs.get(i));
            if (at < 0) {
                throw PyError.type(function + "() got an unexpected keyword argument '" + kwargs.pairs.get(i) + "'");
            }
            if (out[at] != MISSING) {
                throw PyError.type(function + "() got multiple values for argument '" + names.get(at) + "'");
            }
            out[at] = kwargs.pairs.get(i + 1);
        }
        for (int i = 0; i < out.length; i++) {
            if (out[i] == MISSING) {
                Object standard = defaults[i];
                if (standard == null) {
                    throw PyError.type(function + "() missing 1 required positional argument: '" + names.get(i) + "'");
                }
                out[i] = standard;
            }
        }
        return out;
    }

    PyDict keywords() {
        return kwargs;
    }

    List<Object> arguments() {
        return args;
    }

    /** The encoded value of an argument. */
    byte[] value(Object v) {
        return hub.translator().toEnvelope(v, shared);
    }

    /** The encoded value of an argument that is to be a key. */
    byte[] key(Object v) {
        byte[] value = value(v);
        checkHashable(v, value, 0, value.length);
        return value;
    }

    private static void checkHashable(Object v, byte[] b, int from, int to) {
        if (!Values.isHashable(b, from, to)) {
            throw PyError.unhashable(unhashable(v, new IdentityHashMap<>()));
        }
    }

    /** The part of a value that cannot be hashed. */
    private static Object unhashable(Object v, IdentityHashMap<Object, Boolean> seen) {
        Object equal = Likeness.plain(v);
        List<Object> items =
                equal instanceof Py.PyTuple t ? t.items : equal instanceof Py.PySet s && s.frozen ? s.items : List.of();
        for (Object item : items) {
            boolean plain = item instanceof Number
                    || item instanceof String
                    || item instanceof byte[]
                    || item instanceof Boolean;
            if (!plain && item != Py.NONE && seen.put(item, true) == null) {
                Object part = unhashable(item, seen);
                if (!(Likeness.plain(part) instanceof Py.PyTuple)) {
                    return part;
                }
            }
        }
        return v;
    }

    /** The encoded dict of keys and values, each on its own. */
    byte[] pairs(PyDict dict) {
        ByteWriter out = new ByteWriter();
        int mark = out.begin(Tag.DICT);
        Translator.Sequence each = hub.translator().sequence(shared, out);
        for (int i = 0; i < dict.pairs.size(); i += 2) {
            int from = out.size();
            each.write(dict.pairs.get(i));
            checkHashable(dict.pairs.get(i), out.array(), from, out.size());
            each.write(dict.pairs.get(i + 1));
        }
        return out.end(mark, dict.pairs.size() / 2).toByteArray();
    }

    /** The encoded list of values, each on its own: what they share is not kept. */
    byte[] list(List<Object> items) {
        ByteWriter out = new ByteWriter();
        int mark = out.begin(Tag.LIST);
        items.forEach(hub.translator().sequence(shared, out)::write);
        return out.end(mark, items.size()).toByteArray();
    }

    /** Reads of this object. */
    Reply invoke(Op op, byte[]... values) {
        return invokeOn(object, op, values);
    }

    /** Reads of an object; an error of it is this call's. */
    Reply invokeOn(long id, Op op, byte[]... values) {
        return checked(tryOn(id, op, values));
    }

    /** Reads of an object; the reply may be an error. */
    Reply tryOn(long id, Op op, byte[]... values) {
        return caller.read(op, id, args(op, values));
    }

    /** Reads of this object for a text: the references of the reply are not held. */
    Reply look(Op op, byte[]... values) {
        return lookAt(object, op, values);
    }

    /** Reads of an object for a text. */
    Reply lookAt(long id, Op op, byte[]... values) {
        Reply reply = caller.look(op, id, args(op, values));
        return reply == null ? invokeOn(id, op, values) : checked(reply);
    }

    /** Applies an operation that changes something or may wait; {@code then} makes the result, now or later, also of an error. */
    Object await(Op op, Function<Reply, Object> then, byte[]... values) {
        return awaitOn(object, op, then, values);
    }

    /** As {@link #await}, on another object. */
    Object awaitOn(long id, Op op, Function<Reply, Object> then, byte[]... values) {
        return caller.await(op, id, args(op, values), then);
    }

    /** Applies an operation that gives None. */
    Object change(Op op, byte[]... values) {
        return awaitOn(object, op, MethodCall::nothing, values);
    }

    /** Applies an operation that gives what it answers. */
    Object take(Op op, byte[]... values) {
        return awaitOn(object, op, MethodCall::answer, values);
    }

    private static Object nothing(Reply reply) {
        return QueueReferent.done(reply, Referent.NONE);
    }

    private static Object answer(Reply reply) {
        return DictReferent.encoded(checked(reply));
    }

    /** An answer, if it is no error. */
    static Reply checked(Reply reply) {
        if (reply.isError()) {
            throw PyError.of(reply);
        }
        return reply;
    }

    static Args args(Op op, byte[]... values) {
        try {
            return Args.of(op, values);
        } catch (ValueException e) {
            String text = e.getMessage();
            throw PyError.of(e.code(), text == null ? "" : text);
        }
    }

    static byte[] number(long v) {
        return Values.ofInteger(v);
    }

    /** A value as an int, of any class that carries one: bools are, floats are not. */
    static long integer(Object v) {
        return PyNumbers.integer(v);
    }

    /** Seconds as a float. */
    static double seconds(Object v) {
        return PyNumbers.seconds(v);
    }

    /** Milliseconds to wait, rounded up: less than a millisecond must not become no wait. */
    static long millis(double seconds) {
        if (Double.isNaN(seconds)) {
            throw PyError.value("Invalid value NaN (not a number)");
        }
        if (seconds > 9_223_372_036.0) {
            throw PyError.of("OverflowError", "timeout value is too large");
        }
        return (long) Math.ceil(Math.max(0, seconds) * 1000);
    }

    static boolean truth(Object v) {
        return PyNumbers.truth(v);
    }
}
