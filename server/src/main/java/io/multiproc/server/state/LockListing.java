package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.table.LongMap;
import org.jspecify.annotations.Nullable;

/** The list of everything that can be owned, for people: its owners and its waiters. */
final class LockListing {
    private LockListing() {}

    /** The answer of {@code manager.locks}. */
    static byte[] list(LongMap<ObjectState> objects, int maxBytes) {
        ContainerBuilder out = new ContainerBuilder(Tag.LIST, maxBytes);
        for (long id : objects.sortedKeys()) {
            ObjectState o = objects.present(id);
            if (!(o instanceof Ownable owned)) {
                continue;
            }
            ContainerBuilder owners = new ContainerBuilder(Tag.LIST, maxBytes);
            OrphanedHold orphan = owned.orphan();
            owned.forEachOwner((session, holder, levels) -> {
                ContainerBuilder owner = party(session, holder, levels, maxBytes);
                if (orphan != null && orphan.count(session) > 0) {
                    owner.add("orphaned", Values.ofInteger(orphan.count(session)))
                            .add("since", Values.ofInteger(orphan.since()));
                }
                owners.add(owner.build());
            });
            ContainerBuilder waiting = new ContainerBuilder(Tag.LIST, maxBytes);
            owned.forEachWaiting(
                    (session, holder, levels, since) -> waiting.add(party(session, holder, levels, maxBytes)
                            .add("since", Values.ofInteger(since))
                            .build()));
            if (owners.count() + waiting.count() > 0) {
                String name = o.name();
                out.add(new ContainerBuilder(Tag.DICT, maxBytes)
                        .add("id", Values.ofInteger(id))
                        .add("type", Values.ofText(o.type().wireName()))
                        .add("name", name == null ? Values.NULL : Values.ofText(name))
                        .add("owners", owners.build())
                        .add("waiting", waiting.build())
                        .build());
            }
        }
        return out.build();
    }

    private static ContainerBuilder party(SessionState session, long holder, long levels, int maxBytes) {
        return new ContainerBuilder(Tag.DICT, maxBytes)
                .add("session", Values.ofInteger(session.id()))
                .add("client", Values.ofText(session.name()))
                .add("address", Values.ofText(session.address()))
                .add("holder", Values.ofInteger(holder))
                .add("levels", Values.ofInteger(levels));
    }

    static boolean release(@Nullable ObjectState object, long id, ApplyContext context) {
        if (object == null) {
            throw ObjectDirectory.noSuchObject(id);
        }
        if (object instanceof Ownable owned) {
            return owned.releaseAll(context);
        }
        throw new ValueException(
                ErrorCode.WRONG_TYPE,
                "object " + id + " is " + ObjectState.withArticle(object.type()) + ": nobody can own it");
    }
}
