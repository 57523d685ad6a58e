package slides;

import io.multiproc.client.ArrayProxy;
import io.multiproc.client.BarrierProxy;
import io.multiproc.client.ConditionProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.EventProxy;
import io.multiproc.client.Held;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.NamespaceProxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SemaphoreProxy;
import io.multiproc.client.ValueProxy;
import java.util.List;
import java.util.Map;

/** The types of objects that a manager has. */
public class ManagerTypes {
    public static void main(String[] args) throws Exception {
        try (Manager manager = Manager.inProcess()) {
            ValueProxy<Integer> value = manager.value("i", 5);
            ArrayProxy<Integer> array = manager.array("i", Integer.class, List.of(1, 2));
            ListProxy<Object> list = manager.list(List.of(1, "a"));
            DictProxy<Object, Object> dict = manager.dict(Map.of("k", 1));
            NamespaceProxy namespace = manager.namespace();
            QueueProxy<Object> queue = manager.queue();
            namespace.set("x", 1);
            queue.put(3);
            System.out.println(value.get() + " " + array.get(1) + " " + list.at(-1) + " " + dict.get("k") + " "
                    + namespace.get("x") + " " + queue.get());
            LockProxy lock = manager.lock();
            LockProxy rlock = manager.rlock();
            SemaphoreProxy semaphore = manager.boundedSemaphore(1);
            EventProxy event = manager.event();
            ConditionProxy condition = manager.condition();
            BarrierProxy barrier = manager.barrier(1);
            try (Held a = lock.hold();
                    Held b = rlock.hold();
                    Held c = rlock.hold();
                    Held d = semaphore.hold();
                    Held e = condition.hold()) {
                event.set();
                condition.signalAll();
                System.out.println(event.isSet() + " " + barrier.await());
            }
        }
    }
}
