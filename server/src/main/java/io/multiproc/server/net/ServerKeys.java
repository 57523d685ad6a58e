package io.multiproc.server.net;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.tls.TlsKey;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Text;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.access.Audit;
import io.multiproc.server.access.KeyRing;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.access.Principal;
import io.multiproc.server.engine.Administration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a running server: those that are valid, how they are read again, and what becomes of the sessions of a key that is not valid any more. Belongs to
 * the event loop thread; files are read and secrets derived on another one.
 */
final class ServerKeys implements Administration {
    /** Handshakes that began with a key may still be under way for so long after their deadline. */
    private static final long SLACK_MILLIS = 1000;

    /** Keys, and what they are for encrypted listeners, in the same order; nothing of that if there are none. */
    private record Valid(KeyRing ring, List<TlsKey> tls) {}

    /** How keys that were read again differ from those before; or why they could not be used. */
    record Reload(Map<String, Long> counts, @Nullable String failure) {}

    private final Connections all;
    private final Executor slow;
    private final Executor loop;
    private volatile Valid valid;
    private volatile boolean encrypts;

    ServerKeys(Connections all, Executor slow, Executor loop) {
        this.all = all;
        this.slow = slow;
        this.loop = loop;
        this.valid = new Valid(all.options().proof().keys(), List.of());
    }

    /** There is an encrypted listener. Takes tens of milliseconds for each weak key; before clients are served, from any thread. */
    void encrypt() {
        if (!encrypts) {
            encrypts = true;
            valid = derived(valid.ring(), valid);
        }
    }

    private static Valid derived(KeyRing ring, Valid before) {
        List<TlsKey> tls = new ArrayList<>();
        for (Authkey key : ring.authkeys()) {
            int at = before.ring().authkeys().indexOf(key);
            tls.add(at >= 0 && at < before.tls().size() ? before.tls().get(at) : TlsKey.of(key));
        }
        return new Valid(ring, List.copyOf(tls));
    }

    List<Authkey> authkeys() {
        return valid.ring().authkeys();
    }

    List<TlsKey> tlsKeys() {
        return valid.tls();
    }

    /** The first key, which every node of a cluster has. */
    Authkey main() {
        return valid.ring().authkeys().get(0);
    }

    /** What {@link #main} encrypts by; takes tens of milliseconds for a weak key where nothing was encrypted so far. On any thread but the event loop. */
    TlsKey mainTlsKey() {
        Valid v = valid;
        return v.tls().isEmpty()
                ? TlsKey.of(v.ring().authkeys().get(0))
                : v.tls().get(0);
    }

    /** What is known of a key, or null if it is not valid any more. */
    @Nullable
    NamedKey entry(Authkey key) {
        return valid.ring().entry(key);
    }

    /** The valid key of a name, or null. */
    @Nullable
    NamedKey named(String name) {
        for (NamedKey entry : valid.ring().entries()) {
            if (entry.principal().name().equals(name)) {
                return entry;
            }
        }
        return null;
    }

    /** The key that an encrypted connection is encrypted by, or null if it is not valid any more. */
    @Nullable
    Authkey authkey(TlsKey key) {
        Valid v = valid;
        int at = v.tls().indexOf(key);
        return at < 0 ? null : v.ring().authkeys().get(at);
    }

    // ---- reading again

    /** @param then called on the event loop */
    void reload(Consumer<Reload> then) {
        try {
            slow.execute(() -> {
                Valid fresh;
                try {
                    KeyRing ring = all.options().proof().source().load();
                    fresh = encrypts ? derived(ring, valid) : new Valid(ring, List.of());
                } catch (IOException | RuntimeException e) {
                    onLoop(() -> then.accept(failed(e)));
                    return;
                }
                onLoop(() -> then.accept(apply(fresh)));
            });
        } catch (RejectedExecutionException e) {
            then.accept(new Reload(Map.of(), "the server is ending"));
        }
    }

    private void onLoop(Runnable task) {
        try {
            loop.execute(() -> {
                task.run();
                all.flush();
            });
        } catch (RejectedExecutionException e) {
            // the server has ended
        }
    }

    private Reload failed(Exception e) {
        String why = String.valueOf(e.getMessage());
        all.log().error("the keys stay as they were: {}", Text.escaped(why));
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("why", why);
        all.engine().access().reloaded(Audit.Event.KEYS_REJECTED, facts);
        return new Reload(Map.of(), why);
    }

    private Reload apply(Valid fresh) {
        Valid before = valid;
        long added = 0;
        long changed = 0;
        for (NamedKey entry : fresh.ring().entries()) {
            NamedKey old = before.ring().entry(entry.key());
            added += old == null ? 1 : 0;
            changed += old != null && !old.principal().equals(entry.principal()) ? 1 : 0;
        }
        List<String> removed = new ArrayList<>();
        for (NamedKey entry : before.ring().entries()) {
            if (fresh.ring().entry(entry.key()) == null) {
                removed.add(entry.principal().name());
            }
        }
        valid = fresh;
        Map<Long, String> names = new LinkedHashMap<>();
        List<Long> revoked = all.engine().access().changeKeys(fresh.ring());
        revoked.forEach(id -> names.put(id, String.valueOf(all.engine().access().keyName(id))));
        revoked.forEach(id -> end(id, "the key '" + names.get(id) + "' was revoked"));
        forget(before, fresh);
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("keys", (long) fresh.ring().entries().size());
        counts.put("added", added);
        counts.put("changed", changed);
        counts.put("removed", (long) removed.size());
        counts.put("ended", (long) revoked.size());
        all.log()
                .info(
                        "the keys were read again: {} are valid, {} added, {} changed, {} removed{}, {} sessions ended",
                        fresh.ring().entries().size(),
                        added,
                        changed,
                        removed.size(),
                        removed.isEmpty() ? "" : " (" + String.join(", ", removed) + ")",
                        revoked.size());
        all.engine().access().reloaded(Audit.Event.KEYS_RELOADED, new LinkedHashMap<>(counts));
        return new Reload(counts, null);
    }

    /** Overwrites what is of no use any more, once no handshake needs it. */
    private void forget(Valid before, Valid now) {
        all.later(
                () -> {
                    for (Authkey key : before.ring().authkeys()) {
                        if (now.ring().authkeys().stream().noneMatch(k -> k == key)) {
                            key.destroy();
                        }
                    }
                    for (TlsKey key : before.tls()) {
                        if (!now.tls().contains(key)) {
                            key.destroy();
                        }
                    }
                },
                all.options().timeouts().handshakeMillis() + SLACK_MILLIS);
    }

    private void end(long session, String why) {
        all.engine().access().ended(session, why);
        all.endSession(session, why);
    }

    // ---- operations

    @Override
    public Reply keys() {
        ContainerBuilder out = new ContainerBuilder(Tag.LIST, Integer.MAX_VALUE);
        for (NamedKey entry : valid.ring().entries()) {
            Principal p = entry.principal();
            ContainerBuilder prefixes = new ContainerBuilder(Tag.LIST, Integer.MAX_VALUE);
            p.prefixes().forEach(prefix -> prefixes.add(Values.ofText(prefix)));
            out.add(new ContainerBuilder(Tag.DICT, Integer.MAX_VALUE)
                    .add("name", Values.ofText(p.name()))
                    .add("role", Values.ofText(p.role().word()))
                    .add("prefixes", prefixes.build())
                    .add(
                            "sessions",
                            Values.ofInteger(
                                    all.engine().access().sessionsOf(p.name()).size()))
                    .build());
        }
        return Reply.value(out.build());
    }

    @Override
    public void reloadKeys(Consumer<Reply> then) {
        reload(outcome -> {
            if (outcome.failure() != null) {
                then.accept(Reply.error(ErrorCode.ILLEGAL_STATE, "the keys stay as they were: " + outcome.failure()));
                return;
            }
            ContainerBuilder counts = new ContainerBuilder(Tag.DICT, Integer.MAX_VALUE);
            outcome.counts().forEach((name, n) -> counts.add(name, Values.ofInteger(n)));
            then.accept(Reply.value(counts.build()));
        });
    }

    @Override
    public Reply endSessions(String keyName, long except) {
        if (valid.ring().entries().stream().noneMatch(e -> e.principal().name().equals(keyName))) {
            return Reply.error(ErrorCode.BAD_ARGUMENT, "no key is called '" + keyName + "'; see multiproc keys list");
        }
        List<Long> sessions = all.engine().access().sessionsOf(keyName);
        sessions.remove(except);
        sessions.forEach(id -> end(id, "an administrator ended the sessions of the key '" + keyName + "'"));
        return Reply.integer(sessions.size());
    }
}
