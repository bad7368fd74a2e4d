// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * What is known of every message of one queue or subscription: it may be sent, it was delivered so often, somebody has it, it is settled. What
 * contradicts that is reported at once.
 *
 * <p>Whoever does something to a message writes it down <em>before</em> the call that does it, because the consequences may be seen by others
 * before the call returns. Any thread may call anything.
 */
final class StressLedger {

    static final String NUMBER = "number";

    /** Messages that are neither settled nor rolled back, at most. */
    private static final int OPEN_COUNT_MAX = 400;

    private enum State {
        PENDING,
        OFFERED,
        HELD
    }

    private static final class Entry {
        private State state = State.OFFERED;
        private int deliveryCount;
        private String holder = "nobody";
    }

    private final String place;
    private final Consumer<String> problems;
    private final Semaphore room = new Semaphore(OPEN_COUNT_MAX);

    // Guarded by this. Settled messages and those that were rolled back are bits only, so that ten minutes fit into
    // memory.
    private final Map<Long, Entry> open = new HashMap<>();
    private final BitSet settled = new BitSet();
    private final BitSet withdrawn = new BitSet();
    private long next;
    private long redeliveryCount;

    StressLedger(String place, Consumer<String> problems) {
        this.place = place;
        this.problems = problems;
    }

    /** Whether one more message fits; if so, it must be {@link #offer offered}. */
    boolean tryRoom() {
        return room.tryAcquire();
    }

    /** A message that is about to be sent; answers its number. */
    synchronized long offer() {
        long number = next++;
        open.put(number, new Entry());
        return number;
    }

    /** A message that is about to be sent in a transaction, which nobody may see before it is {@link #publish published}. */
    synchronized long pend() {
        long number = offer();
        open.get(number).state = State.PENDING;
        return number;
    }

    /** A message whose transaction is about to be committed. */
    synchronized void publish(long number) {
        Entry entry = open.get(number);
        if (entry != null) {
            entry.state = State.OFFERED;
        }
    }

    /** A message whose transaction is about to be rolled back. */
    synchronized void withdraw(long number) {
        open.remove(number);
        withdrawn.set(Math.toIntExact(number));
        room.release();
    }

    /** A message was delivered; answers its number. */
    synchronized long delivered(Message message, String holder) throws JMSException {
        long number = message.getLongProperty(NUMBER);
        int count = message.getIntProperty("JMSXDeliveryCount");
        Entry entry = open.get(number);
        if (entry == null) {
            problem(
                    number,
                    "came to " + holder + " but was "
                            + (settled.get(Math.toIntExact(number))
                                    ? "settled"
                                    : withdrawn.get(Math.toIntExact(number)) ? "rolled back" : "never sent"));
            return number;
        }
        if (entry.state == State.PENDING) {
            problem(number, "came to " + holder + " before its transaction was committed");
        }
        if (entry.state == State.HELD) {
            problem(number, "came to " + holder + " while " + entry.holder + " has it");
        }
        if (count != entry.deliveryCount + 1) {
            problem(number, "was delivered " + entry.deliveryCount + " times before and says " + count);
        }
        if (message.getJMSRedelivered() != (count > 1)) {
            problem(number, "says redelivered=" + message.getJMSRedelivered() + " at count " + count);
        }
        entry.state = State.HELD;
        entry.deliveryCount++;
        entry.holder = holder;
        if (entry.deliveryCount > 1) {
            redeliveryCount++;
        }
        return number;
    }

    /** Messages that are about to be acknowledged or committed. */
    synchronized void settle(Collection<Long> numbers) {
        for (long number : numbers) {
            if (open.remove(number) == null) {
                problem(number, "is settled by somebody who does not have it");
            }
            settled.set(Math.toIntExact(number));
            room.release();
        }
    }

    /** Messages that are about to be given back. */
    synchronized void release(Collection<Long> numbers) {
        for (long number : numbers) {
            Entry entry = open.get(number);
            if (entry == null) {
                problem(number, "is given back by somebody who does not have it");
            } else {
                entry.state = State.OFFERED;
                entry.holder = "nobody";
            }
        }
    }

    synchronized boolean isDone() {
        return open.isEmpty();
    }

    @Override
    public synchronized String toString() {
        return place + ": " + next + " sent, " + settled.cardinality() + " settled, " + withdrawn.cardinality()
                + " rolled back, " + redeliveryCount + " redeliveries, " + open.size() + " open";
    }

    private void problem(long number, String what) {
        problems.accept(place + ": message " + number + " " + what);
    }
}
