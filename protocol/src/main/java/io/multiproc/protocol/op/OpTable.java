package io.multiproc.protocol.op;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The whole table: look-up by code, and its rendering for documents and other languages. */
public final class OpTable {
    private static final List<Op> ALL = new ArrayList<>();
    private static final Op[] BY_CODE = new Op[0x2200];

    static {
        add(ManagerOp.values());
        add(DictOp.values());
        add(ListOp.values());
        add(NamespaceOp.values());
        add(QueueOp.values());
        add(LockOp.values());
        add(ValueOp.values());
        add(ArrayOp.values());
        add(SetOp.values());
        add(CounterOp.values());
        add(IteratorOp.values());
        add(EventOp.values());
        add(ConditionOp.values());
        add(SemaphoreOp.values());
        add(BarrierOp.values());
        add(LatchOp.values());
        add(RwLockOp.values());
        add(ServiceOp.values());
        add(InstanceOp.values());
    }

    private OpTable() {}

    private static void add(Op[] rows) {
        for (Op op : rows) {
            if (BY_CODE[op.code()] != null) {
                throw new IllegalStateException("code used twice: " + op.wireName());
            }
            BY_CODE[op.code()] = op;
            ALL.add(op);
        }
    }

    /** Every row, in order of code. */
    public static List<Op> all() {
        return List.copyOf(ALL);
    }

    /** The row of a code, or null when there is none. */
    public static @Nullable Op coded(int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    /** The table as tab-separated text with a heading line: the file {@code op-table.tsv}. */
    public static String asTsv() {
        StringBuilder out = new StringBuilder("code\tname\targuments\treply\tflags\tdescription\n");
        for (Op op : ALL) {
            out.append(String.join("\t", cells(op))).append('\n');
        }
        return out.toString();
    }

    /** The table as Markdown, for {@code PROTOCOL.md}. */
    public static String asMarkdown() {
        StringBuilder out = new StringBuilder(
                "| code | name | arguments | reply | flags | description |\n|---|---|---|---|---|---|\n");
        for (Op op : ALL) {
            out.append("| ").append(String.join(" | ", cells(op))).append(" |\n");
        }
        return out.toString();
    }

    private static List<String> cells(Op op) {
        OpSpec spec = op.spec();
        return List.of(
                String.format("0x%04X", spec.code()),
                spec.wireName(),
                spec.args().stream().map(Arg::toString).collect(Collectors.joining(", ")),
                spec.reply() + (spec.replyOptional() ? "?" : ""),
                spec.flags().stream().map(Enum::name).sorted().collect(Collectors.joining(" ")),
                spec.doc());
    }
}
