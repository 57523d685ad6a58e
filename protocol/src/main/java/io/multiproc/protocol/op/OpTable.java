package io.multiproc.protocol.op;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The whole table: look-up by code, and its rendering for documents and other languages. */
public final class OpTable {
    private static final Op[] BY_CODE = byCode();
    private static final List<Op> ALL = rows();

    private OpTable() {}

    /** The rows of the manager and of each type. Without streams: it is part of every start. */
    private static Op[] byCode() {
        Op[] out = new Op[0x2200];
        enter(List.of(ManagerOp.values()), out);
        for (ObjectType type : ObjectType.values()) {
            enter(type.operations(), out);
        }
        return out;
    }

    private static void enter(List<Op> rows, Op[] byCode) {
        for (Op op : rows) {
            Op other = byCode[op.code()];
            if (other != null && other != op) {
                throw new IllegalStateException("code used twice: " + op.wireName());
            }
            byCode[op.code()] = op;
        }
    }

    private static List<Op> rows() {
        List<Op> out = new ArrayList<>();
        for (Op op : BY_CODE) {
            if (op != null) {
                out.add(op);
            }
        }
        return List.copyOf(out);
    }

    /** Every row, in order of code. */
    public static List<Op> all() {
        return ALL;
    }

    /** The row of a code, or null when there is none. */
    public static @Nullable Op coded(int code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }

    /** The row of a wire name, or null when there is none. */
    public static @Nullable Op named(String wireName) {
        for (Op op : ALL) {
            if (op.wireName().equals(wireName)) {
                return op;
            }
        }
        return null;
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
                flags(spec),
                spec.doc());
    }

    private static String flags(OpSpec spec) {
        Stream<String> undo = spec.undo() == null ? Stream.of() : Stream.of("UNDO(" + spec.undo() + ")");
        return Stream.concat(spec.flags().stream().map(Enum::name), undo)
                .sorted()
                .collect(Collectors.joining(" "));
    }
}
