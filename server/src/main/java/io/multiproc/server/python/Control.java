package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.InstanceOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.ServiceOp;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The functions of the server itself: one request, one reply, and the connection ends. Errors reach the client as RemoteError. */
final class Control {
    private static final Map<String, ObjectType> TYPES = new HashMap<>();

    static {
        for (ObjectType type : ObjectType.values()) {
            if (type != ObjectType.SIMPLE_QUEUE && !Exposed.of(type).isEmpty()) {
                TYPES.put(Exposed.typeId(type), type);
            }
        }
    }

    /** What the line of one object costs in debug_info. */
    private static final int DEBUG_INFO = 2_000;

    private static final int MAX_LINES = 100_000;

    private final PythonHub hub;

    Control(PythonHub hub) {
        this.hub = hub;
    }

    /** Exceptions travel as text only here. */
    PyError remote(PyError e) {
        if (e.exception() == null) {
            return e;
        }
        List<Object> args = e.exception().arguments();
        String text = args.isEmpty()
                ? ""
                : args.get(0) instanceof String s && !Py.typeName(e.exception()).equals("KeyError")
                        ? s
                        : hub.repr().shortened(() -> hub.repr().ofGraph(args.get(0)));
        return PyError.remote(Py.typeName(e.exception()), text);
    }

    /** The result of a request of a peer, or {@link MethodCall#LATER}. */
    Object run(Peers.Peer peer, PythonSession caller, Request r) {
        return switch (r.name()) {
            case "dummy" -> Py.NONE;
            case "create" -> create(peer, caller, r);
            case "incref" -> count(peer, caller, r, true);
            case "decref" -> count(peer, caller, r, false);
            case "get_methods" -> methods(peer, caller, r);
            case "number_of_objects" -> (long) hub.peers().held().size()
                    + hub.iterators().size();
            case "debug_info" -> debugInfo(caller);
            case "shutdown" -> await(peer, caller, ManagerOp.SHUTDOWN, 0, reply -> QueueReferent.done(reply, Py.NONE));
            default -> throw PyError.remote("AssertionError", "'" + r.name() + "' unrecognized");
        };
    }

    /** Applies an operation as the peer. */
    private static Object await(
            Peers.Peer peer, PythonSession caller, Op op, long object, Function<Reply, Object> then, byte[]... values) {
        return caller.awaitBy(peer.session, 0, op, object, MethodCall.args(op, values), then);
    }

    private Object count(Peers.Peer peer, PythonSession caller, Request r, boolean up) {
        String text = r.args().size() == 1 && r.args().get(0) instanceof String s ? s : "";
        Idents.Ident ident = hub.idents().parse(text);
        if (ident == null) {
            throw PyError.unknown(text);
        }
        if (ident.typeCode() == Idents.ITERATOR) {
            return counted(
                    up
                            ? hub.iterators().incref(peer, ident.id())
                            : hub.iterators().decref(peer, ident.id()),
                    text);
        }
        return up
                ? hub.peers().incref(caller, peer, ident.id(), known -> counted(known, text))
                : hub.peers().decref(caller, peer, ident.id(), known -> counted(known, text));
    }

    private static Object counted(boolean known, String ident) {
        if (!known) {
            throw PyError.unknown(ident);
        }
        return Py.NONE;
    }

    private Object methods(Peers.Peer peer, PythonSession caller, Request r) {
        Proxies.Token token = r.args().size() == 1 ? Proxies.token(r.args().get(0)) : null;
        Idents.Ident ident = token == null ? null : hub.idents().parse(token.ident());
        ObjectType type = ident == null ? null : ident.type();
        if (token == null || ident == null || type == null) {
            throw PyError.unknown(token == null ? "?" : token.ident());
        }
        if (type == ObjectType.INSTANCE) {
            return await(peer, caller, InstanceOp.SERVICE, ident.id(), service -> {
                if (service.error() == ErrorCode.NOT_PERMITTED) {
                    throw PyError.of(service);
                }
                if (service.isError()) {
                    throw PyError.unknown(token.ident());
                }
                return methods(peer, caller, Values.refId(service.bytes(), service.start()), Exposed::tuple);
            });
        }
        boolean standard = token.typeId().equals(Exposed.typeId(type));
        return hub.peers().incref(caller, peer, ident.id(), known -> {
            if (!known) {
                throw PyError.unknown(token.ident());
            }
            hub.peers().drop(peer, ident.id());
            return Exposed.tuple(standard ? Exposed.of(type) : Exposed.forAutoProxy(type));
        });
    }

    /** The methods of a registered class; none when nobody serves it. */
    private static Object methods(
            Peers.Peer peer, PythonSession caller, long service, Function<List<String>, Object> then) {
        return await(peer, caller, ServiceOp.METHODS, service, reply -> {
            if (reply.isError() || DictReferent.isAbsent(reply)) {
                return then.apply(List.of());
            }
            return then.apply(Values.elements(reply.bytes(), reply.start()).stream()
                    .map(Values::text)
                    .toList());
        });
    }

    /** Makes an instance of a registered class; what its constructor throws, its first method throws. */
    private Object instance(Peers.Peer peer, Reply service, MethodCall call) {
        byte[] arguments = call.list(call.positional(call.method, 0, Integer.MAX_VALUE));
        long serviceId = Values.refId(service.bytes(), service.start());
        return methods(peer, call.caller, serviceId, exposed -> {
            if (exposed.isEmpty()) {
                throw PyError.remote(
                        "RuntimeError",
                        "no process serves '" + call.method + "' now: the one that registered it has ended");
            }
            return await(
                    peer,
                    call.caller,
                    ManagerOp.CREATE,
                    0,
                    made -> constructed(peer, call, made, created(peer, made, exposed), arguments),
                    Values.ofText(ObjectType.INSTANCE.wireName()),
                    Values.container(Tag.LIST, List.of(service.value())));
        });
    }

    private Object constructed(Peers.Peer peer, MethodCall call, Reply made, Object created, byte[] arguments) {
        long id = Values.refId(made.bytes(), made.start());
        return hub.unowned()
                .post(
                        call.caller,
                        peer.session,
                        InstanceOp.CALL,
                        id,
                        reply -> {
                            if (reply.isError()) {
                                // without its constructor it is of no use to anybody
                                hub.peers().drop(peer, id);
                                throw PyError.of(reply);
                            }
                            return created;
                        },
                        Values.ofText("<init>"),
                        arguments,
                        MethodCall.number(-1));
    }

    private Object debugInfo(PythonSession caller) {
        List<String> lines = new ArrayList<>();
        hub.peers().held().forEach((id, h) -> {
            if (lines.size() == MAX_LINES || !hub.engine().access().sees(caller.id(), id)) {
                return;
            }
            ObjectType type = ObjectType.coded(h.type);
            String shown = "";
            Referent referent = type == null ? null : hub.referent(type);
            if (hub.work().isSpent()) {
                shown = "(not shown: too many objects)";
            } else if (referent != null) {
                MethodCall call = new MethodCall(hub, caller, id, "__str__", List.of(), new PyDict(), false);
                try {
                    shown = hub.repr().shortened(() -> referent.repr(call));
                } catch (PyError e) {
                    shown = "(deleted)";
                } catch (ValueException e) {
                    shown = "(not shown: too large)";
                }
                hub.work().spend(DEBUG_INFO);
            }
            lines.add("  " + hub.idents().of(h.type, id) + ":       refcount=" + h.count + "\n    "
                    + shown.substring(0, Math.min(75, shown.length())));
        });
        int more = hub.peers().held().size() - lines.size();
        return String.join("\n", lines) + (more > 0 ? "\n  and " + more + " more" : "");
    }

    private Object create(Peers.Peer peer, PythonSession caller, Request r) {
        if (r.args().isEmpty() || !(r.args().get(0) instanceof String typeId)) {
            throw PyError.remote("TypeError", "create() missing 1 required positional argument: 'typeid'");
        }
        r.checkDescriptors(null);
        List<Object> args = r.args().subList(1, r.args().size());
        ObjectType type = TYPES.get(typeId);
        if (type == null) {
            return named(peer, typeId, new MethodCall(hub, caller, 0, typeId, args, r.kwds(), r.shared()));
        }
        MethodCall call = new MethodCall(hub, caller, 0, typeId, args, r.kwds(), r.shared());
        byte[] labelled = type == ObjectType.VALUE ? FreeValue.content(call) : null;
        if (labelled != null) {
            return await(
                    peer,
                    caller,
                    ManagerOp.CREATE,
                    0,
                    reply -> created(peer, reply, Exposed.of(type)),
                    Values.ofText(ObjectType.NAMESPACE.wireName()),
                    Values.container(Tag.LIST, List.of(labelled)));
        }
        return await(
                peer,
                caller,
                ManagerOp.CREATE,
                0,
                reply -> {
                    Object created = created(peer, reply, Exposed.of(type));
                    keepTimeout(type, call, reply);
                    return created;
                },
                Values.ofText(type.wireName()),
                Values.container(Tag.LIST, Arguments.of(type, call)));
    }

    /** The standard timeout of a barrier is a matter of this dialect. */
    private void keepTimeout(ObjectType type, MethodCall call, Reply made) {
        if (type == ObjectType.BARRIER) {
            Object timeout = Arguments.ofBarrier(call)[2];
            if (timeout != Py.NONE) {
                hub.barriers()
                        .standardTimeout(Values.refId(made.bytes(), made.start()), EventReferent.patience(timeout));
            }
        }
    }

    /** The object of a name, for clients that registered the name. */
    private Object named(Peers.Peer peer, String name, MethodCall call) {
        if (name.equals("Pool")) {
            throw PyError.remote(
                    "NotImplementedError",
                    "a Pool runs Python functions and this server has no Python; use multiprocessing.Pool, and share"
                            + " objects of this manager with its workers");
        }
        return await(
                peer, call.caller, ManagerOp.FIND, 0, reply -> found(peer, name, call, reply), Values.ofText(name));
    }

    private Object found(Peers.Peer peer, String name, MethodCall call, Reply reply) {
        if (reply.error() == ErrorCode.NOT_PERMITTED) {
            throw PyError.of(reply);
        }
        boolean found = !reply.isError() && !DictReferent.isAbsent(reply);
        ObjectType type = found ? ObjectType.coded(Values.refType(reply.bytes(), reply.start())) : null;
        if (type == ObjectType.SERVICE) {
            return instance(peer, reply, call);
        }
        if (!call.arguments().isEmpty()) {
            return opened(peer, name, type, call);
        }
        if (!found) {
            throw PyError.remote(
                    "KeyError",
                    "'" + name + "': neither a type of this server nor the name of a shared object; create it by"
                            + " manager." + name + "('dict') or from Java, or start the server with --share " + name
                            + "=dict");
        }
        return created(peer, reply, type == null ? List.of() : Exposed.forAutoProxy(type));
    }

    /** The object of a name, made if absent. The first argument is its type, the others are what it is made with. */
    private Object opened(Peers.Peer peer, String name, @Nullable ObjectType present, MethodCall call) {
        List<Object> given = call.arguments();
        ObjectType named = given.get(0) instanceof String text ? typeOf(text) : null;
        if (named == null) {
            throw PyError.type("manager." + name + "(type, …) takes the type of the object first, one of "
                    + String.join(", ", new TreeSet<>(TYPES.keySet())) + ", not "
                    + hub.repr().shortened(() -> hub.repr().ofGraph(given.get(0))));
        }
        // each is CPython's Queue
        ObjectType type =
                named == ObjectType.QUEUE && present == ObjectType.JOINABLE_QUEUE ? ObjectType.JOINABLE_QUEUE : named;
        MethodCall rest = call.withArguments(given.subList(1, given.size()));
        // the standard arguments of a type are no demand on an object that is there
        boolean plain = rest.arguments().isEmpty() && rest.keywords().pairs.isEmpty();
        return await(
                peer,
                call.caller,
                ManagerOp.OPEN,
                0,
                reply -> {
                    Object opened = created(peer, reply, Exposed.forAutoProxy(type));
                    if (!plain) {
                        keepTimeout(type, rest, reply);
                    }
                    return opened;
                },
                Values.ofText(type.wireName()),
                Values.ofText(name),
                Values.container(Tag.LIST, plain ? List.of() : Arguments.of(type, rest)));
    }

    /** SyncManager's name of a type, or the server's own. */
    private static @Nullable ObjectType typeOf(String name) {
        ObjectType type = TYPES.get(name);
        ObjectType own = type == null ? ObjectType.named(name) : type;
        return own == null || Exposed.of(own).isEmpty() ? null : own;
    }

    private Object created(Peers.Peer peer, Reply reply, List<String> exposed) {
        if (reply.isError()) {
            throw PyError.of(reply);
        }
        int type = Values.refType(reply.bytes(), reply.start());
        long id = Values.refId(reply.bytes(), reply.start());
        hub.peers().counted(peer, type, id);
        return Py.tuple(hub.idents().of(type, id), Exposed.tuple(exposed));
    }
}
