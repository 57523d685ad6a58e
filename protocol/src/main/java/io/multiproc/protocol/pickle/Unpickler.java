package io.multiproc.protocol.pickle;

import io.multiproc.protocol.pickle.Py.Maker;
import io.multiproc.protocol.pickle.Py.Node;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.pickle.Py.Step;
import io.multiproc.protocol.wire.Text;
import io.multiproc.protocol.wire.Work;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads one pickle of any protocol from 0 to 5 into a graph of {@link Py} values. A loop over opcodes without recursion;
 * memory follows the bytes that are there. Not thread-safe; for one pickle.
 */
public final class Unpickler {
    private static final Object MARK = new Object();

    private final Source in;
    private final PickleLimits limits;
    private final ArrayList<Object> stack = new ArrayList<>();
    private final Memo memo = new Memo();
    private long weight;
    private int marks;
    private boolean shared;
    private boolean descriptor;
    private int depth;

    /** A reader of the bytes from {@code from} to before {@code end}. */
    public Unpickler(byte[] bytes, int from, int end, PickleLimits limits) {
        this.in = new Source(bytes, from, end);
        this.limits = limits;
    }

    /**
     * The value of a whole pickle.
     *
     * @throws PickleException if it is malformed, truncated, exceeds a limit or is followed by more bytes
     */
    public static Object read(byte[] bytes) {
        return new Unpickler(bytes, 0, bytes.length, PickleLimits.DEFAULT).read();
    }

    /** Whether some value that holds others was referred to twice: if not, the graph is a tree. */
    public boolean isShared() {
        return shared;
    }

    /**
     * The value.
     *
     * @throws PickleException as {@link #read(byte[])}
     */
    public Object read() {
        while (true) {
            int op = in.u8();
            if (op == '.') {
                Object result = pop();
                if (!stack.isEmpty() || !in.atEnd()) {
                    throw bad("something is left over");
                }
                return result;
            }
            step(op);
        }
    }

    private void step(int op) {
        switch (op) {
            case 0x80 -> {
                int version = in.u8();
                if (version > 5) {
                    throw bad("protocol " + version + " is newer than 5");
                }
            }
            case 0x95 -> in.skip(8);
            case '(' -> {
                marks++;
                push(MARK);
            }
            case '0' -> {
                if (popAny() == MARK) {
                    marks--;
                }
            }
            case '1' -> popToMark();
            case '2' -> {
                Object top = peek();
                note(top);
                push(top);
            }
            case 0x94 -> remember(memo.size());
            case 'q' -> remember(in.u8());
            case 'r' -> remember(in.u32());
            case 'p' -> remember(in.decimalLine());
            case 'h' -> recall(in.u8());
            case 'j' -> recall(in.u32());
            case 'g' -> recall(in.decimalLine());
            case 'P', 'Q' -> throw bad("persistent ids are not supported");
            case 0x82, 0x83, 0x84 -> throw bad("the extension registry is not supported");
            case 0x97, 0x98 -> throw bad("out-of-band buffers are not supported");
            default -> {
                if (!scalar(op) && !container(op)) {
                    object(op);
                }
            }
        }
    }

    private boolean scalar(int op) {
        switch (op) {
            case 'N' -> push(Py.NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'K' -> push((long) in.u8());
            case 'M' -> push((long) in.u16());
            case 'J' -> push((long) (int) in.u32());
            case 'I' -> {
                String line = in.line();
                push(line.equals("01") ? (Object) true : line.equals("00") ? (Object) false : integer(line));
            }
            case 'L' -> {
                String line = in.line();
                push(integer(line.endsWith("L") ? line.substring(0, line.length() - 1) : line));
            }
            case 0x8a -> push(integer(in.bytes(in.u8())));
            case 0x8b -> push(integer(in.bytes(in.signed32())));
            case 'G' -> push(Double.longBitsToDouble(in.i64BigEndian()));
            case 'F' -> push(in.decimalFloat());
            case 0x8c -> push(in.text(in.u8()));
            case 'X' -> push(in.text(in.u32()));
            case 0x8d -> push(in.text(in.u64()));
            case 'V' -> push(in.rawUnicodeEscape());
            case 'C' -> push(in.bytes(in.u8()));
            case 'B' -> push(in.bytes(in.u32()));
            case 0x8e -> push(in.bytes(in.u64()));
            case 0x96 -> push(new Py.PyBytearray(in.bytes(in.u64())));
            case 'S' -> push(in.quoted());
            case 'T' -> push(Source.latin1(in.bytes(in.signed32())));
            case 'U' -> push(Source.latin1(in.bytes(in.u8())));
            default -> {
                return false;
            }
        }
        return true;
    }

    private Object integer(String text) {
        if (text.length() > Work.MAX_DIGITS + 2) {
            // as CPython itself refuses it; the time it takes is the square of its length
            throw bad("an integer of more than " + Work.MAX_DIGITS
                    + " digits as text; send it by protocol 2 or later, which writes integers as bytes");
        }
        weigh(text.length() / 16);
        try {
            return shortest(new BigInteger(text.strip()));
        } catch (NumberFormatException e) {
            throw bad("an integer that is none");
        }
    }

    private static Object integer(byte[] littleEndian) {
        if (littleEndian.length == 0) {
            return 0L;
        }
        byte[] b = littleEndian.clone();
        for (int i = 0, j = b.length - 1; i < j; i++, j--) {
            byte x = b[i];
            b[i] = b[j];
            b[j] = x;
        }
        return shortest(new BigInteger(b));
    }

    static Object shortest(BigInteger n) {
        return n.bitLength() < 64 ? (Object) n.longValue() : n;
    }

    private boolean container(int op) {
        switch (op) {
            case ')' -> push(Py.EMPTY_TUPLE);
            case 0x85 -> push(tuple(takeTop(1)));
            case 0x86 -> push(tuple(takeTop(2)));
            case 0x87 -> push(tuple(takeTop(3)));
            case 't' -> push(tuple(popToMark()));
            case ']' -> pushHeavy(new PyList());
            case 'l' -> pushHeavy(holding(new PyList(popToMark())));
            case '}' -> pushHeavy(new PyDict());
            case 'd' -> {
                List<Object> pairs = popToMark();
                pushHeavy(new PyDict());
                setItems(pairs);
            }
            case 0x8f -> pushHeavy(new PySet(false, new ArrayList<>()));
            case 0x91 -> pushHeavy(holding(new PySet(true, popToMark())));
            case 'a' -> append(takeTop(1));
            case 'e' -> append(popToMark());
            case 's' -> setItems(takeTop(2));
            case 'u' -> setItems(popToMark());
            case 0x90 -> add(popToMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    private Object tuple(List<Object> items) {
        weigh(8);
        return items.isEmpty() ? Py.EMPTY_TUPLE : holding(new PyTuple(items));
    }

    private <T extends Node> T holding(T node) {
        List<Object> items =
                node instanceof PyTuple t ? t.items : node instanceof PySet s ? s.items : ((PyList) (Node) node).items;
        for (Object item : items) {
            node.holds(item);
        }
        return deepEnough(node);
    }

    private <T extends Node> T deepEnough(T node) {
        if (node.depth > limits.maxDepth()) {
            throw bad("values are nested deeper than " + limits.maxDepth() + " levels");
        }
        depth = Math.max(depth, node.depth);
        return node;
    }

    private void append(List<Object> items) {
        Object target = peek();
        if (target instanceof PyList list) {
            list.items.addAll(items);
            items.forEach(list::holds);
            deepEnough(list);
        } else if (target instanceof PyObject o) {
            steps(o, Step.APPEND, items);
        } else {
            throw bad("items are appended to a " + Py.typeName(target));
        }
    }

    private void add(List<Object> items) {
        Object target = peek();
        if (target instanceof PySet set && !set.frozen) {
            set.items.addAll(items);
            items.forEach(set::holds);
            deepEnough(set);
        } else if (target instanceof PyObject o) {
            steps(o, Step.ADD, items);
        } else {
            throw bad("items are added to a " + Py.typeName(target));
        }
    }

    private void setItems(List<Object> pairs) {
        Object target = peek();
        if (pairs.size() % 2 != 0) {
            throw bad("a key has no value");
        }
        if (target instanceof PyDict dict) {
            dict.pairs.addAll(pairs);
            pairs.forEach(dict::holds);
            deepEnough(dict);
        } else if (target instanceof PyObject o) {
            for (int i = 0; i < pairs.size(); i += 2) {
                o.steps.add(Step.SETITEM);
                o.values.add(pairs.get(i));
                o.values.add(pairs.get(i + 1));
                o.holds(pairs.get(i));
                o.holds(pairs.get(i + 1));
            }
            deepEnough(o);
        } else {
            throw bad("items are set in a " + Py.typeName(target));
        }
    }

    /** Whether there is a file descriptor in it, of a connection or socket: a place from where it can be fetched once. */
    public boolean hasDescriptor() {
        return descriptor;
    }

    private static boolean isDescriptor(Object callable) {
        return callable instanceof PyGlobal g
                && g.module().endsWith(".resource_sharer")
                && (g.name().equals("DupFd") || g.name().equals("DupSocket"));
    }

    private void steps(PyObject o, Step step, List<Object> items) {
        for (Object item : items) {
            o.step(step, item);
        }
        deepEnough(o);
    }

    private void object(int op) {
        switch (op) {
            case 'c' -> pushHeavy(Normal.global(in.line(), in.line()));
            case 0x93 -> {
                List<Object> two = takeTop(2);
                if (!(two.get(0) instanceof String module) || !(two.get(1) instanceof String name)) {
                    throw bad("a global is not named by two texts");
                }
                pushHeavy(Normal.global(module, name));
            }
            case 'R' -> {
                List<Object> two = takeTop(2);
                make(Maker.REDUCE, two.get(0), two.get(1), Py.NONE);
            }
            case 0x81 -> {
                List<Object> two = takeTop(2);
                make(Maker.NEWOBJ, two.get(0), two.get(1), Py.NONE);
            }
            case 0x92 -> {
                List<Object> three = takeTop(3);
                if (!(three.get(2) instanceof PyDict)) {
                    throw bad("keyword arguments are no dict");
                }
                make(Maker.NEWOBJ_EX, three.get(0), three.get(1), three.get(2));
            }
            case 'o' -> {
                List<Object> all = popToMark();
                if (all.isEmpty()) {
                    throw bad("an object without a class");
                }
                Object args = tuple(new ArrayList<>(all.subList(1, all.size())));
                make(Maker.REDUCE, all.get(0), args, Py.NONE);
            }
            case 'i' -> {
                PyGlobal cls = Normal.global(in.line(), in.line());
                make(Maker.REDUCE, cls, tuple(popToMark()), Py.NONE);
            }
            case 'b' -> {
                Object state = pop();
                if (!(peek() instanceof PyObject o)) {
                    throw bad("a state is set on a " + Py.typeName(peek()));
                }
                o.step(Step.BUILD, state);
                weigh(1);
                deepEnough(o);
            }
            default -> throw bad("unknown opcode 0x" + Integer.toHexString(op));
        }
    }

    private void make(Maker maker, Object callable, Object args, Object kwargs) {
        if (!(args instanceof PyTuple)) {
            throw bad("arguments are no tuple");
        }
        if (!(callable instanceof PyGlobal) && !(callable instanceof PyObject)) {
            throw bad("a " + Py.typeName(callable) + " is called");
        }
        descriptor |= isDescriptor(callable);
        PyObject described = new PyObject(maker, callable, args, kwargs);
        Object made = Normal.reduced(described);
        if (made != described) {
            // a copy of something that may be remembered, and so copied often
            weigh(size(made));
        }
        if (made instanceof Node n) {
            deepEnough(n);
        }
        pushHeavy(made);
    }

    private static int size(Object made) {
        return made instanceof PyList l
                ? l.items.size()
                : made instanceof PyTuple t
                        ? t.items.size()
                        : made instanceof PySet s
                                ? s.items.size()
                                : made instanceof byte[] b
                                        ? b.length / 8
                                        : made instanceof Py.PyBytearray a ? a.bytes().length / 8 : 0;
    }

    private void remember(long at) {
        Object top = peek();
        if (top == MARK) {
            throw bad("a mark is memoized");
        }
        weigh(memo.put(at, top) ? 1 : 0);
    }

    private void recall(long at) {
        Object value = memo.get(at);
        if (value == null) {
            throw bad("memo entry " + at + " is used before it is set");
        }
        note(value);
        push(value);
    }

    private void note(Object value) {
        if ((value instanceof Node && value != Py.EMPTY_TUPLE) || value instanceof Py.PyBytearray) {
            shared = true;
        }
    }

    private void push(Object value) {
        weigh(1);
        stack.add(value);
    }

    private void pushHeavy(Object value) {
        weigh(8);
        stack.add(value);
    }

    private void weigh(int more) {
        weight += more;
        if (weight > limits.maxWeight()) {
            throw bad("it holds more values than the limit of this server's memory admits");
        }
    }

    private Object peek() {
        if (stack.isEmpty()) {
            throw bad("the stack is empty");
        }
        Object top = stack.get(stack.size() - 1);
        if (top == MARK) {
            throw bad("a value is missing");
        }
        return top;
    }

    private Object popAny() {
        if (stack.isEmpty()) {
            throw bad("the stack is empty");
        }
        return stack.remove(stack.size() - 1);
    }

    private Object pop() {
        Object top = peek();
        stack.remove(stack.size() - 1);
        return top;
    }

    private List<Object> takeTop(int n) {
        int from = stack.size() - n;
        if (from < 0) {
            throw bad("the stack is empty");
        }
        List<Object> out = new ArrayList<>(n);
        for (int i = from; i < from + n; i++) {
            Object value = stack.get(i);
            if (value == MARK) {
                throw bad("a value is missing");
            }
            out.add(value);
        }
        for (int i = 0; i < n; i++) {
            stack.remove(stack.size() - 1);
        }
        return out;
    }

    private List<Object> popToMark() {
        if (marks == 0) {
            throw bad("a mark is missing");
        }
        int at = stack.size() - 1;
        while (stack.get(at) != MARK) {
            at--;
        }
        marks--;
        List<Object> tail = stack.subList(at, stack.size());
        Object[] taken = tail.toArray();
        tail.clear();
        return new ArrayList<>(Arrays.asList(taken).subList(1, taken.length));
    }

    static PickleException bad(String text) {
        return new PickleException("malformed pickle: " + text);
    }

    /** Values by number. Numbers that are given in order take an array, any others a table. */
    private static final class Memo {
        private final ArrayList<Object> inOrder = new ArrayList<>();
        private final java.util.HashMap<Long, Object> others = new java.util.HashMap<>(0);

        int size() {
            return inOrder.size() + others.size();
        }

        /** Whether the entry is new. */
        boolean put(long at, Object value) {
            if (at < inOrder.size()) {
                inOrder.set((int) at, value);
                return false;
            }
            if (at == inOrder.size() && others.isEmpty()) {
                inOrder.add(value);
                return true;
            }
            return others.put(at, value) == null;
        }

        @org.jspecify.annotations.Nullable
        Object get(long at) {
            return at >= 0 && at < inOrder.size() ? inOrder.get((int) at) : others.get(at);
        }
    }

    /** The text of bytes in UTF-8 with lone surrogates. */
    static String utf8(byte[] b, int from, int length) {
        return Text.decode(b, from, length);
    }
}
