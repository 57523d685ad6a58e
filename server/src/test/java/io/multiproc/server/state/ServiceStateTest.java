package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Bench.done;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.Special.PARKED;
import static io.multiproc.server.state.Coded.tup;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.InstanceOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.ServiceOp;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServiceStateTest {
    private final Bench bench = new Bench();
    private final long host = bench.open();
    private final long a = bench.open();
    private final long b = bench.open();
    private final long service = bench.openNamed(host, ObjectType.SERVICE, "Math");
    private final Coded.Ref ref = new Coded.Ref(ObjectType.SERVICE, service);

    @Test
    void aCallWaitsForTheHostAndTheHostForACall() {
        long instance = bench.create(a, ObjectType.INSTANCE, ref);
        assertEquals(ref, bench.call(a, instance, InstanceOp.SERVICE));
        assertEquals(ABSENT, bench.call(a, service, ServiceOp.METHODS));
        assertFails(ErrorCode.ILLEGAL_STATE, bench.call(a, instance, InstanceOp.CALL, "add", List.of(1, 2), -1));
        assertNull(bench.call(host, service, ServiceOp.HOST, List.of("add")));
        assertEquals(List.of("add"), bench.call(a, service, ServiceOp.METHODS));
        assertFails(ErrorCode.ILLEGAL_STATE, bench.call(b, service, ServiceOp.HOST, List.of()));
        assertFails(ErrorCode.NOT_OWNER, bench.call(b, service, ServiceOp.NEXT, 0));
        assertFails(ErrorCode.NOT_OWNER, bench.call(b, service, ServiceOp.ANSWER, 1, true, 0));
        assertEquals(PARKED, bench.call(a, instance, InstanceOp.CALL, "add", List.of(1, 2), -1));
        long ra = bench.request;
        assertEquals(tup(1L, instance, "add", List.of(1L, 2L)), bench.call(host, service, ServiceOp.NEXT, -1));
        assertEquals(PARKED, bench.call(host, service, ServiceOp.NEXT, -1));
        long rh = bench.request;
        bench.call(host, service, ServiceOp.ANSWER, 1, true, 3);
        bench.assertDone(done(a, ra, tup(true, 3L)));
        assertNull(bench.call(host, service, ServiceOp.ANSWER, 1, true, 3), "nobody waits for it any more");
        assertEquals(PARKED, bench.call(b, instance, InstanceOp.CALL, "add", List.of(), 5));
        long rb = bench.request;
        bench.assertDone(done(host, rh, tup(2L, instance, "add", List.of())));
        bench.tick(5);
        assertEquals(1, bench.done.size());
        assertFails(ErrorCode.CANCELLED, bench.done.get(0).reply());
        assertEquals(rb, bench.done.get(0).request());
    }

    @Test
    void theEndOfTheHostEndsItsCalls() {
        bench.call(host, service, ServiceOp.HOST, List.of("add"));
        long instance = bench.openNamed(a, ObjectType.INSTANCE, "i", ref);
        bench.call(a, instance, InstanceOp.CALL, "add", List.of(ref), -1);
        bench.call(b, instance, InstanceOp.CALL, "add", List.of(), -1);
        bench.call(host, service, ServiceOp.NEXT, -1);
        bench.close(host);
        assertEquals(2, bench.done.size());
        assertFails(ErrorCode.ILLEGAL_STATE, bench.done.get(0).reply());
        assertFails(ErrorCode.ILLEGAL_STATE, bench.call(a, instance, InstanceOp.CALL, "add", List.of(), -1));
        bench.done.clear();
        assertNull(bench.call(b, service, ServiceOp.HOST, List.of("add")));
        assertEquals(PARKED, bench.call(a, instance, InstanceOp.CALL, "add", List.of(), -1));
        bench.call(a, 0, ManagerOp.DELETE, "Math");
        assertEquals(1, bench.done.size());
        assertFails(ErrorCode.NO_SUCH_OBJECT, bench.done.get(0).reply());
        assertFails(ErrorCode.NO_SUCH_OBJECT, bench.call(a, instance, InstanceOp.CALL, "add", List.of(), -1));
    }

    @Test
    void aResultIsHeldByTheCallerAndAnEndedInstanceIsTold() {
        bench.call(host, service, ServiceOp.HOST, List.of("rows"));
        long instance = bench.create(a, ObjectType.INSTANCE, ref);
        bench.call(a, instance, InstanceOp.CALL, "rows", List.of(), -1);
        bench.call(host, service, ServiceOp.NEXT, -1);
        long list = bench.create(host, ObjectType.LIST);
        Coded.Ref listRef = new Coded.Ref(ObjectType.LIST, list);
        bench.call(host, service, ServiceOp.ANSWER, 1, true, listRef);
        bench.call(host, 0, ManagerOp.RELEASE, Map.of(list, 1));
        bench.done.clear();
        assertEquals(0L, bench.call(a, list, io.multiproc.protocol.op.ListOp.SIZE), "the caller holds it");
        assertEquals(PARKED, bench.call(host, service, ServiceOp.NEXT, -1));
        bench.call(a, 0, ManagerOp.RELEASE, Map.of(instance, 1));
        assertEquals(tup(0L, instance, "", List.of()), bench.done.get(0).reply());
        assertFails(ErrorCode.BAD_ARGUMENT, bench.call(a, 0, ManagerOp.CREATE, "instance", List.of("Math")));
    }
}
