package io.multiproc.server.state;

import static io.multiproc.server.state.Coded.Special.ABSENT;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ArrayOp;
import io.multiproc.protocol.op.CounterOp;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.IteratorOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.NamespaceOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.SetOp;
import io.multiproc.protocol.op.ValueOp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Models of the types that nobody waits for: timeouts, cancellations and ends of sessions leave them as they are. */
abstract class DataModels extends Model {
    static DataModels of(ObjectType type) {
        return switch (type) {
            case DICT -> new Dict(DictOp.values());
            case NAMESPACE -> new Dict(NamespaceOp.values());
            case SET -> new Dict(SetOp.values());
            case LIST -> new Sequence(type);
            case ARRAY -> new Sequence(type);
            case ITERATOR -> new Walk();
            case VALUE, COUNTER -> new Figure(type);
            default -> throw new IllegalArgumentException(type.wireName());
        };
    }

    @Override
    final void settle() {
        // nobody waits
    }

    /** A dict, a namespace or a set: by the names of their operations. */
    private static final class Dict extends DataModels {
        private final Op[] ops;
        private final Map<Object, Long> content = new LinkedHashMap<>();

        Dict(Op[] ops) {
            this.ops = ops;
        }

        @Override
        ObjectType type() {
            return ops[0] instanceof DictOp
                    ? ObjectType.DICT
                    : ops[0] instanceof SetOp ? ObjectType.SET : ObjectType.NAMESPACE;
        }

        @Override
        Call next(Random r) {
            String key = "k" + r.nextInt(4);
            int value = r.nextInt(4);
            while (true) {
                Op op = ops[r.nextInt(ops.length)];
                Object[] args =
                        switch (op.wireName().substring(op.wireName().indexOf('.') + 1)) {
                            case "get", "contains_key", "delete", "contains" -> new Object[] {key};
                            case "remove" -> new Object[] {key};
                            case "size", "snapshot" -> new Object[0];
                            case "set", "put", "put_if_absent", "replace" -> new Object[] {key, value};
                            case "add" -> op == SetOp.ADD ? new Object[] {key} : new Object[] {key, value};
                            case "replace_if" -> new Object[] {key, value, value + 1};
                            case "remove_if" -> new Object[] {key, value};
                            case "compare_and_set" -> new Object[] {key, value, value + 1};
                            default -> null;
                        };
                if (args != null) {
                    return new Call(op, args);
                }
            }
        }

        private static Object orAbsent(@Nullable Object v) {
            return v == null ? ABSENT : v;
        }

        @Override
        @Nullable
        Object call(long session, Op op, @Nullable Object... args) {
            Object key = args.length == 0 ? "" : args[0];
            Long value = args.length > 1 && args[1] instanceof Integer n ? (Long) (long) n : null;
            Long next = args.length > 2 && args[2] instanceof Integer n ? (Long) (long) n : null;
            Long old = content.get(key);
            boolean equal = old != null && old.equals(value);
            return switch (op.wireName()) {
                case "dict.get", "namespace.get" -> orAbsent(old);
                case "dict.contains_key", "namespace.contains", "set.contains" -> old != null;
                case "dict.size", "set.size" -> (long) content.size();
                case "dict.snapshot", "namespace.snapshot" -> content;
                case "set.snapshot" -> content.keySet();
                case "dict.set", "namespace.set" -> {
                    content.put(key, value);
                    yield null;
                }
                case "dict.put" -> orAbsent(content.put(key, value));
                case "dict.put_if_absent" -> orAbsent(content.putIfAbsent(key, value));
                case "dict.replace" -> orAbsent(old == null ? null : content.put(key, value));
                case "dict.replace_if", "namespace.compare_and_set" -> {
                    if (equal) {
                        content.put(key, next);
                    }
                    yield equal;
                }
                case "dict.remove_if" -> content.remove(key, value);
                case "dict.remove" -> orAbsent(content.remove(key));
                case "namespace.delete", "set.remove" -> content.remove(key) != null;
                case "set.add" -> content.putIfAbsent(key, 0L) == null;
                case "dict.add", "namespace.add" -> content.merge(key, value == null ? 0L : value, Long::sum);
                default -> throw new IllegalArgumentException(op.wireName());
            };
        }
    }

    /** A list or an array of bytes. */
    private static final class Sequence extends DataModels {
        private final ObjectType type;
        private final List<Object> content = new ArrayList<>();

        Sequence(ObjectType type) {
            this.type = type;
            if (type == ObjectType.ARRAY) {
                content.addAll(List.of(0L, 0L, 0L));
            }
        }

        @Override
        ObjectType type() {
            return type;
        }

        @Override
        List<Object> arguments() {
            return type == ObjectType.ARRAY ? List.of("b", 3) : List.of();
        }

        @Override
        Call next(Random r) {
            int index = r.nextInt(9) - 4;
            int value = 90 * (r.nextInt(4) - 1);
            boolean array = type == ObjectType.ARRAY;
            return switch (r.nextInt(6)) {
                case 0 -> array ? new Call(ArrayOp.GET, index) : new Call(ListOp.GET, index);
                case 1 -> array ? new Call(ArrayOp.SET, index, value) : new Call(ListOp.SET, index, value);
                case 2 -> array ? new Call(ArrayOp.ADD, index, value) : new Call(ListOp.ADD, value);
                case 3 -> array
                        ? new Call(ArrayOp.COMPARE_AND_SET, index, value, 1)
                        : new Call(ListOp.SLICE, 1, ABSENT, ABSENT);
                case 4 -> array ? new Call(ArrayOp.SLICE, ABSENT, ABSENT, -1) : new Call(ListOp.COUNT, value);
                default -> new Call(array ? ArrayOp.SIZE : ListOp.SIZE);
            };
        }

        @Override
        @Nullable
        Object call(long session, Op op, @Nullable Object... args) {
            if (op == ListOp.SIZE || op == ArrayOp.SIZE) {
                return (long) content.size();
            } else if (op == ListOp.SLICE) {
                return content.subList(Math.min(1, content.size()), content.size());
            } else if (op == ArrayOp.SLICE) {
                List<Object> reversed = new ArrayList<>(content);
                java.util.Collections.reverse(reversed);
                return reversed;
            }
            int first = (int) args[0];
            if (op == ListOp.ADD) {
                content.add((long) first);
                return null;
            } else if (op == ListOp.COUNT) {
                return content.stream().filter(e -> e.equals((long) first)).count();
            }
            int index = first < 0 ? first + content.size() : first;
            if (index < 0 || index >= content.size()) {
                return error(ErrorCode.INDEX_OUT_OF_RANGE);
            }
            Object old = content.get(index);
            if (op == ListOp.GET || op == ArrayOp.GET) {
                return old;
            }
            long value = (int) args[1];
            if (op == ListOp.SET) {
                content.set(index, value);
                return old;
            } else if (op == ArrayOp.SET) {
                if (value > 127) {
                    return error(ErrorCode.BAD_ARGUMENT);
                }
                content.set(index, value);
                return null;
            } else if (op == ArrayOp.ADD) {
                long sum = (long) old + value;
                if (sum > 127 || sum < -128) {
                    return error(ErrorCode.BAD_ARGUMENT);
                }
                content.set(index, sum);
                return sum;
            }
            boolean equal = old.equals(value);
            content.set(index, equal ? (Object) 1L : old);
            return equal;
        }
    }

    /** A counter, or a value of one signed byte. */
    private static final class Figure extends DataModels {
        private final ObjectType type;
        private long content;

        Figure(ObjectType type) {
            this.type = type;
        }

        @Override
        ObjectType type() {
            return type;
        }

        @Override
        List<Object> arguments() {
            return type == ObjectType.VALUE ? List.of("b", 0) : List.of();
        }

        @Override
        Call next(Random r) {
            boolean counter = type == ObjectType.COUNTER;
            int n = 50 * (r.nextInt(7) - 3);
            return switch (r.nextInt(5)) {
                case 0 -> new Call(counter ? CounterOp.GET : ValueOp.GET);
                case 1 -> new Call(counter ? CounterOp.SET : ValueOp.SET, n);
                case 2 -> new Call(counter ? CounterOp.GET_AND_SET : ValueOp.GET_AND_SET, n);
                case 3 -> new Call(counter ? CounterOp.COMPARE_AND_SET : ValueOp.COMPARE_AND_SET, n, n + 1);
                default -> new Call(counter ? CounterOp.ADD : ValueOp.ADD, n);
            };
        }

        @Override
        @Nullable
        Object call(long session, Op op, @Nullable Object... args) {
            long before = content;
            if (args.length == 0) {
                return content;
            }
            long n = (int) args[args.length - 1];
            boolean add = op == CounterOp.ADD || op == ValueOp.ADD;
            long after = add ? content + n : n;
            boolean compares = args.length == 2;
            if (type == ObjectType.VALUE && (after < -128 || after > 127)) {
                return error(ErrorCode.BAD_ARGUMENT);
            }
            if (compares) {
                boolean equal = before == (int) args[0];
                content = equal ? n : before;
                return equal;
            }
            content = after;
            return add ? (Object) after : op == CounterOp.SET || op == ValueOp.SET ? null : (Object) before;
        }
    }

    /** An iterator over a list that grows, and of which the front is cut off. */
    private static final class Walk extends DataModels {
        private final List<Object> content = new ArrayList<>();
        private long list;
        private int position;
        private boolean over;

        @Override
        ObjectType type() {
            return ObjectType.ITERATOR;
        }

        @Override
        List<Object> arguments(Bench bench, long session) {
            list = bench.openNamed(session, ObjectType.LIST, "source");
            return List.of(new Coded.Ref(ObjectType.LIST, list));
        }

        @Override
        long target(Op op, long object) {
            return op == IteratorOp.NEXT ? object : list;
        }

        @Override
        Call next(Random r) {
            return r.nextInt(3) > 0 ? new Call(ListOp.ADD, r.nextInt(9)) : new Call(IteratorOp.NEXT, r.nextInt(5));
        }

        @Override
        @Nullable
        Object call(long session, Op op, @Nullable Object... args) {
            int n = (int) args[0];
            if (op == ListOp.ADD) {
                content.add((long) n);
                return null;
            }
            if (n < 1) {
                return error(ErrorCode.BAD_ARGUMENT);
            }
            int end = Math.min(content.size(), position + n);
            List<Object> out = over ? List.of() : List.copyOf(content.subList(position, end));
            // who has seen the end stays there
            over |= out.isEmpty();
            position += out.size();
            return out;
        }
    }
}
