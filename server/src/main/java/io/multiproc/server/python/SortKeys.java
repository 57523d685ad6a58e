package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code list.sort(key=…)} with the functions that a server without Python knows. */
final class SortKeys {
    private static final Pattern TYPES =
            Pattern.compile("'<' not supported between instances of '([^']*)' and '([^']*)'");

    /** How often a list is sorted that others change all the time. */
    private static final int ATTEMPTS = 100;

    private record Item(byte[] key, byte[] value) {}

    private SortKeys() {}

    /** By the items themselves. */
    static Object sort(MethodCall c, boolean reverse) {
        return c.await(ListOp.SORT, SortKeys::sorted, Values.ofBool(reverse));
    }

    private static Object sorted(Reply reply) {
        if (reply.error() == ErrorCode.NOT_COMPARABLE) {
            throw notComparable(reply.message());
        }
        return QueueReferent.done(reply, Referent.NONE);
    }

    /** In Python's names, and with the later item first, as list.sort compares. */
    private static PyError notComparable(String text) {
        Matcher m = TYPES.matcher(text);
        if (m.matches()
                && isDatetime(m.group(1))
                && isDatetime(m.group(2))
                && !m.group(1).equals(m.group(2))) {
            return PyError.type("can't compare offset-naive and offset-aware datetimes");
        }
        return PyError.type(
                m.matches()
                        ? "'<' not supported between instances of '" + python(m.group(2)) + "' and '"
                                + python(m.group(1)) + "'"
                        : text);
    }

    private static boolean isDatetime(String type) {
        return type.endsWith("datetime") || type.equals("instant");
    }

    private static String python(String type) {
        return type.equals("null") ? "NoneType" : type;
    }

    /** By a function of the items. Commands of others that come between reading and writing have it begin again. */
    static Object sort(MethodCall c, Object function, boolean reverse) {
        return sort(c, function, reverse, ATTEMPTS);
    }

    private static Object sort(MethodCall c, Object function, boolean reverse, int attempts) {
        List<byte[]> versionAndItems = Values.elements(c.invoke(ListOp.SNAPSHOT).value(), 0);
        List<Item> items = new ArrayList<>();
        c.hub.work().spend(Values.count(versionAndItems.get(1), 0), Work.ELEMENT);
        Functions functions = new Functions(c);
        for (byte[] value : Values.elements(versionAndItems.get(1), 0)) {
            Object key = functions.apply(function, List.of(c.hub.translator().fromEnvelope(value, 0)));
            items.add(new Item(c.hub.translator().toEnvelope(key, true), value));
        }
        Comparator<Item> order = (a, b) -> Equality.compare(a.key, 0, b.key, 0, c.hub.work());
        try {
            items.sort(reverse ? order.reversed() : order);
        } catch (ValueException e) {
            throw e.code() == ErrorCode.NOT_COMPARABLE
                    ? notComparable(String.valueOf(e.getMessage()))
                    : PyError.of(e.code(), String.valueOf(e.getMessage()));
        }
        List<byte[]> sorted = items.stream().map(Item::value).toList();
        return c.await(
                ListOp.REPLACE_IF_VERSION,
                reply -> {
                    if (MethodCall.checked(reply).value()[0] == Tag.TRUE.code()) {
                        return Referent.NONE;
                    } else if (attempts == 1) {
                        throw PyError.value("list modified during sort");
                    }
                    return sort(c, function, reverse, attempts - 1);
                },
                versionAndItems.get(0),
                Values.container(Tag.LIST, sorted));
    }
}
