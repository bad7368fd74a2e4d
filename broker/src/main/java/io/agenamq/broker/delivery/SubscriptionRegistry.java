// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.broker.delivery.UsedSubscription.Definition;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.cursor.SubscriptionKey;
import io.agenamq.store.cursor.SubscriptionTable;
import io.agenamq.store.log.AppendRefusedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may use which named subscription, and which durable ones begin and end by that: the rules of Jakarta Messaging 3.1 §8.3.
 *
 * <pre>
 *                          nobody uses it                somebody does
 *   same definition        resumed                       joined if shared, refused if not
 *   other definition       ended, begun anew             refused
 *   shared for unshared    refused                       refused
 * </pre>
 *
 * <p>Which durable subscriptions there are is in the store; who uses them is volatile, and rebuilt by consumers attaching again. Shared ones that are
 * not durable exist only here, from their first consumer to their last. The name spaces of durable and others are apart. Not thread-safe: its owner
 * is whoever runs the broker's {@link SerialTasks} for names.
 */
final class SubscriptionRegistry {

    private final SubscriptionTable stored;
    private final Map<Slot, UsedSubscription> used = new HashMap<>();

    private record Slot(boolean durable, SubscriptionKey key) {}

    SubscriptionRegistry(SubscriptionTable stored) {
        this.stored = stored;
    }

    /**
     * A consumer wants to use a subscription.
     *
     * @param floors where a subscription that begins now begins, per message queue; empty if the topic has gone
     * @throws ProtocolException if it may not; nothing has changed
     */
    UsedSubscription join(Definition wanted, Supplier<List<Long>> floors) {
        UsedSubscription joined = wanted.durable() ? joinDurable(wanted, floors) : joinVolatile(wanted);
        joined.consumerCount++;
        joined.holderCount++;
        return joined;
    }

    private UsedSubscription joinVolatile(Definition wanted) {
        UsedSubscription known = used.computeIfAbsent(slot(wanted), key -> new UsedSubscription(wanted, null));
        if (!known.definition.equals(wanted)) {
            throw inUse(
                    wanted,
                    "is in use with "
                            + (known.definition.topic().equals(wanted.topic())
                                    ? "another selector"
                                    : "topic '" + known.definition.topic() + "'"));
        }
        return known;
    }

    private UsedSubscription joinDurable(Definition wanted, Supplier<List<Long>> floors) {
        DurableSubscription known = stored.get(wanted.key());
        UsedSubscription user = used.get(slot(wanted));
        if (user != null && !Objects.equals(user.stored, known)) {
            // Its topic was removed, and the subscription with it.
            used.remove(slot(wanted));
            user = null;
        }
        if (known != null && known.shared() != wanted.shared()) {
            throw inUse(wanted, known.shared() ? "is shared; unsubscribe first" : "is not shared; unsubscribe first");
        }
        if (user != null) {
            if (!wanted.shared() && user.consumerCount > 0) {
                throw inUse(wanted, "has a consumer already");
            }
            if (!user.definition.equals(wanted)) {
                throw inUse(wanted, "is in use with another topic, selector or noLocal");
            }
            return user;
        }
        DurableSubscription now = known != null && describes(known, wanted) ? known : begin(wanted, floors);
        UsedSubscription begun = new UsedSubscription(wanted, now);
        used.put(slot(wanted), begun);
        return begun;
    }

    private DurableSubscription begin(Definition wanted, Supplier<List<Long>> floors) {
        try {
            DurableSubscription begun = stored.put(
                    wanted.key(), wanted.topic(), wanted.selector(), wanted.noLocal(), wanted.shared(), floors);
            if (begun == null) {
                throw new ProtocolException(
                        JmsRefusal.NO_SUCH_DESTINATION.code(), "there is no destination '" + wanted.topic() + "'");
            }
            return begun;
        } catch (AppendRefusedException refused) {
            throw new ProtocolException(JmsRefusal.STORE_REFUSES.code(), String.valueOf(refused.getMessage()));
        }
    }

    private static boolean describes(DurableSubscription known, Definition wanted) {
        return known.topic().equals(wanted.topic())
                && Objects.equals(known.selector(), wanted.selector())
                && known.noLocal() == wanted.noLocal();
    }

    /** A consumer has gone; what it has not acknowledged is another question. */
    void left(UsedSubscription subscription) {
        subscription.consumerCount--;
        if (!subscription.definition.durable() && subscription.consumerCount == 0) {
            used.remove(slot(subscription.definition), subscription);
        }
    }

    /** Nothing of a consumer that has {@link #left} can be acknowledged any more. */
    void done(UsedSubscription subscription) {
        if (--subscription.holderCount == 0) {
            used.remove(slot(subscription.definition), subscription);
        }
    }

    /**
     * Ends a durable subscription, with all that it has not delivered.
     *
     * @return what has ended
     * @throws ProtocolException if there is none, or if it is in use
     */
    DurableSubscription unsubscribe(SubscriptionKey key) {
        DurableSubscription known = requireUnused(key);
        try {
            stored.remove(known);
            return known;
        } catch (AppendRefusedException refused) {
            throw new ProtocolException(JmsRefusal.STORE_REFUSES.code(), String.valueOf(refused.getMessage()));
        }
    }

    /**
     * A subscription of this name is going to be one of {@code topic}, which is on another broker. The rules are the same as if it were here.
     *
     * @return the durable subscription of another topic that has ended by that, null if there was none
     * @throws ProtocolException if there is one that is in use, or of another kind; nothing has changed
     */
    @Nullable
    DurableSubscription vacate(String topic, JmsSubscription wanted) {
        SubscriptionKey key = new SubscriptionKey(wanted.clientId(), wanted.name());
        if (!wanted.durable()) {
            UsedSubscription user = used.get(new Slot(false, key));
            if (user != null && !user.definition.topic().equals(topic)) {
                throw new ProtocolException(
                        JmsRefusal.SUBSCRIPTION_IN_USE.code(),
                        "subscription " + key + " is in use with topic '" + user.definition.topic() + "'");
            }
            return null;
        }
        DurableSubscription known = stored.get(key);
        if (known == null || known.topic().equals(topic)) {
            return null;
        }
        if (known.shared() != wanted.shared()) {
            throw new ProtocolException(
                    JmsRefusal.SUBSCRIPTION_IN_USE.code(),
                    "subscription " + key + (known.shared() ? " is shared" : " is not shared") + "; unsubscribe first");
        }
        return unsubscribe(key);
    }

    /**
     * Lets a durable subscription go on from another place.
     *
     * @return what has ended by that; the new one is in the store
     * @throws ProtocolException if there is none, or if it is in use
     */
    DurableSubscription seek(SubscriptionKey key, Supplier<List<Long>> floors) {
        DurableSubscription known = requireUnused(key);
        begin(new Definition(key, true, known.shared(), known.topic(), known.selector(), known.noLocal()), floors);
        return known;
    }

    /** The durable subscription of this key. @throws ProtocolException if there is none */
    DurableSubscription require(SubscriptionKey key) {
        DurableSubscription known = stored.get(key);
        if (known == null) {
            throw new ProtocolException(
                    JmsRefusal.NO_SUCH_SUBSCRIPTION.code(), "there is no durable subscription " + key);
        }
        return known;
    }

    /** Consumers of a durable subscription that are there. */
    int consumerCount(DurableSubscription subscription) {
        UsedSubscription user = used.get(new Slot(true, subscription.key()));
        return user != null && subscription.equals(user.stored) ? user.consumerCount : 0;
    }

    /** @throws ProtocolException if a durable subscription of a topic has consumers */
    void requireNoDurableConsumers(String topic) {
        for (UsedSubscription user : used.values()) {
            DurableSubscription durable = user.stored;
            if (durable != null
                    && durable.topic().equals(topic)
                    && user.consumerCount > 0
                    && durable.equals(stored.get(durable.key()))) {
                throw new ProtocolException(
                        JmsRefusal.SUBSCRIPTION_IN_USE.code(),
                        "durable subscription " + durable.key() + " of '" + topic
                                + "' has a consumer, which would get nothing any more; close it first");
            }
        }
    }

    private DurableSubscription requireUnused(SubscriptionKey key) {
        DurableSubscription known = require(key);
        UsedSubscription user = used.get(new Slot(true, key));
        if (user != null && Objects.equals(user.stored, known)) {
            throw new ProtocolException(
                    JmsRefusal.SUBSCRIPTION_IN_USE.code(),
                    "subscription " + key
                            + (user.consumerCount > 0
                                    ? " has a consumer; close it first"
                                    : " has messages that are not acknowledged"));
        }
        return known;
    }

    /** Who uses the subscription of this key; null if nobody does. */
    @Nullable
    UsedSubscription user(boolean durable, SubscriptionKey key) {
        return used.get(new Slot(durable, key));
    }

    private static Slot slot(Definition definition) {
        return new Slot(definition.durable(), definition.key());
    }

    private static ProtocolException inUse(Definition wanted, String why) {
        return new ProtocolException(JmsRefusal.SUBSCRIPTION_IN_USE.code(), "subscription " + wanted.key() + " " + why);
    }
}
