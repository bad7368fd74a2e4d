// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsAttachment;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.store.cursor.SubscriptionKey;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The consumers that say who they are, so that each is known again when it comes over another connection.
 *
 * <pre>
 *   attached ──connection lost──▶ absent ──comes again──▶ attached (another object, the same deliveries)
 *      │                            └──waited for in vain──▶ ended: everything comes back, counted as delivered
 *      └──comes again before the loss is noticed──▶ attached, the old connection's part has ended
 * </pre>
 *
 * <p>While one is absent its deliveries stay in flight: only its client knows which of them were acknowledged without an answer, and which no
 * application has seen (ADR 8). The wait is short, because a client that has died looks the same. Any thread; what is said of a consumer is
 * decided by its destination's thread.
 */
final class Attachments {

    private record Key(String client, int number) {
        static Key of(JmsAttachment attachment) {
            return new Key(attachment.client(), attachment.number());
        }
    }

    private final long graceMillis;
    private final long restartedUntil;
    private final InstantSource clock;
    private final Alarm alarm;
    private final ConcurrentMap<Key, AttachedConsumer> known = new ConcurrentHashMap<>();
    private final Set<AttachedConsumer> absent = ConcurrentHashMap.newKeySet();

    /**
     * Nobody is attached.
     *
     * @param graceMillis how long a client that lost its connection is waited for, 0 for not at all; the same after this broker was started
     */
    Attachments(long graceMillis, InstantSource clock, Alarm alarm) {
        this.graceMillis = graceMillis;
        this.clock = clock;
        this.alarm = alarm;
        this.restartedUntil = clock.millis() + graceMillis;
    }

    /**
     * Until when what was in flight before this broker was started is left to those who had it, milliseconds since 1970; in the past if nobody
     * is waited for any more.
     */
    long restartedUntil() {
        return restartedUntil;
    }

    /** The consumer that a client calls so, if it is still there. */
    @Nullable
    AttachedConsumer find(@Nullable JmsAttachment attachment) {
        return attachment == null ? null : known.get(Key.of(attachment));
    }

    /**
     * Refuses an attachment of which the broker knows a later one.
     *
     * @throws ProtocolException if it does: what comes now was on its way for long, over a connection that is lost
     */
    void requireLatest(@Nullable JmsAttachment attachment) {
        AttachedConsumer before = find(attachment);
        if (before != null
                && before.attachment != null
                && attachment != null
                && before.attachment.generation() >= attachment.generation()) {
            throw new ProtocolException(JmsRefusal.NO_SUCH_CONSUMER.code(), "the consumer has attached again since");
        }
    }

    /** A consumer has begun; answers another one of the same name, which nobody may hear of again. */
    @Nullable
    AttachedConsumer add(AttachedConsumer consumer) {
        JmsAttachment attachment = consumer.attachment;
        if (attachment == null) {
            return null;
        }
        AttachedConsumer before = known.put(Key.of(attachment), consumer);
        if (before != null) {
            absent.remove(before);
        }
        return before;
    }

    /** A consumer has ended. */
    void remove(AttachedConsumer consumer) {
        absent.remove(consumer);
        if (consumer.attachment != null) {
            known.remove(Key.of(consumer.attachment), consumer);
        }
    }

    /**
     * A consumer's connection is lost. Answers false if nobody will come for it.
     *
     * @param end what to do, by its destination's thread, if it was waited for in vain
     */
    boolean await(AttachedConsumer consumer, Runnable end) {
        if (graceMillis == 0 || consumer.attachment == null || consumer.isDetached()) {
            return false;
        }
        consumer.dropCredit();
        absent.add(consumer);
        endLater(consumer, clock.millis() + graceMillis, end);
        return true;
    }

    private void endLater(AttachedConsumer consumer, long due, Runnable end) {
        alarm.at(due, () -> {
            if (!absent.contains(consumer)) {
                return;
            }
            consumer.destination.postAlways(() -> {
                if (!absent.contains(consumer)) {
                    return;
                }
                if (clock.millis() < due) {
                    endLater(consumer, due, end);
                } else {
                    end.run();
                }
            });
            consumer.destination.workElsewhere();
        });
    }

    /**
     * Ends the absent consumers of a named subscription that are in the way of {@code next}, and runs that. Who is not there keeps nobody else out.
     *
     * @param inTheWay which of them
     * @param end by the destination's thread
     */
    void evict(
            SubscriptionKey key,
            Predicate<UsedSubscription.Definition> inTheWay,
            Consumer<AttachedConsumer> end,
            Runnable next) {
        List<AttachedConsumer> doomed = new ArrayList<>();
        for (AttachedConsumer consumer : absent) {
            UsedSubscription used = consumer.used;
            if (used != null && used.definition.key().equals(key) && inTheWay.test(used.definition)) {
                doomed.add(consumer);
            }
        }
        evict(doomed, end, next);
    }

    private void evict(List<AttachedConsumer> doomed, Consumer<AttachedConsumer> end, Runnable next) {
        if (doomed.isEmpty()) {
            next.run();
            return;
        }
        AttachedConsumer first = doomed.get(0);
        first.destination.postAlways(() -> {
            if (absent.contains(first)) {
                end.accept(first);
            }
            evict(doomed.subList(1, doomed.size()), end, next);
        });
        first.destination.workElsewhere();
    }

    /** Consumers that are waited for. */
    int absentCount() {
        return absent.size();
    }
}
