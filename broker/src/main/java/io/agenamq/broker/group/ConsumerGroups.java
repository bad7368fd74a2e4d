// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.group;

import io.agenamq.protocol.command.ConsumeFromWhere;
import io.agenamq.protocol.command.ConsumeType;
import io.agenamq.protocol.command.MessageModel;
import io.agenamq.remoting.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumer groups of offset consumers: members and subscriptions, from heartbeats. A group exists while it has members.
 *
 * <p>Every change that others must know of (a member came or went, a subscription changed) is told to the {@link Listener} after the change
 * is visible, exactly once, on the thread that made it; the listener sends the members "rebalance now". A heartbeat's subscriptions replace
 * the group's (last writer wins, as in RocketMQ); one with an older version than the known one of its topic is not taken.
 *
 * <p>Safe for all threads. One atomic replacement of the immutable {@link ConsumerGroup} per change; no lock is held while the listener runs.
 */
public final class ConsumerGroups {

    private static final Logger LOG = LoggerFactory.getLogger(ConsumerGroups.class);

    private final LongSupplier nanoClock;
    private final Duration expiry;
    private final Listener listener;
    private final ConcurrentHashMap<String, ConsumerGroup> groups = new ConcurrentHashMap<>();

    /** A member that is not heard of for {@code expiry} is dropped by {@link #dropSilent}. */
    public ConsumerGroups(LongSupplier nanoClock, Duration expiry, Listener listener) {
        this.nanoClock = nanoClock;
        this.expiry = expiry;
        this.listener = listener;
    }

    /** A client of a consumer group speaks up: what one element of a heartbeat says. */
    public record Heartbeat(
            String group,
            ConsumeType consumeType,
            MessageModel messageModel,
            ConsumeFromWhere consumeFromWhere,
            Connection connection,
            String clientId,
            int language,
            int version,
            List<Subscription> subscriptions) {}

    /** Takes a heartbeat; returns whether members or subscriptions changed. */
    public boolean heartbeat(Heartbeat beat) {
        ConsumerGroup known = groups.get(beat.group);
        if (known != null && isUnchanged(known, beat)) {
            Member member = known.members().get(beat.connection.id());
            if (member != null) {
                member.heard(nanoClock.getAsLong());
                return false;
            }
        }
        Change change = new Change();
        groups.compute(beat.group, (name, current) -> apply(current, beat, change));
        tell(change);
        return change.happened;
    }

    /** The client on {@code connection} leaves {@code group}. */
    public void leave(String group, Connection connection) {
        drop(group, member -> member.connection().id() == connection.id());
    }

    /** The connection is gone, and with it its client from all groups. */
    public void connectionClosed(Connection connection) {
        for (ConsumerGroup group : groups.values()) {
            if (group.members().containsKey(connection.id())) {
                leave(group.name(), connection);
            }
        }
    }

    /** Drops members that sent no heartbeat for the expiry time. */
    public void dropSilent() {
        long now = nanoClock.getAsLong();
        for (ConsumerGroup group : groups.values()) {
            drop(group.name(), member -> now - member.lastHeartbeatNanos() > expiry.toNanos());
        }
    }

    /** The group now, or {@code null} if it has no members. */
    public @Nullable ConsumerGroup get(String group) {
        return groups.get(group);
    }

    /** All groups that have members now. */
    public Collection<ConsumerGroup> all() {
        return List.copyOf(groups.values());
    }

    /** The member of {@code group} that calls itself {@code clientId}. */
    public Optional<Member> member(String group, String clientId) {
        ConsumerGroup found = groups.get(group);
        if (found == null) {
            return Optional.empty();
        }
        return found.members().values().stream()
                .filter(member -> member.clientId().equals(clientId))
                .findFirst();
    }

    private static boolean isUnchanged(ConsumerGroup known, Heartbeat beat) {
        Member member = known.members().get(beat.connection.id());
        if (member == null
                || !member.isSameClient(beat.clientId, beat.language, beat.version)
                || known.consumeType() != beat.consumeType
                || known.messageModel() != beat.messageModel
                || known.consumeFromWhere() != beat.consumeFromWhere
                || known.subscriptions().size() != beat.subscriptions.size()) {
            return false;
        }
        for (Subscription subscription : beat.subscriptions) {
            Subscription current = known.subscription(subscription.data().topic());
            if (current == null
                    || subscription.data().subVersion() > current.data().subVersion()) {
                return false;
            }
        }
        return true;
    }

    private ConsumerGroup apply(@Nullable ConsumerGroup current, Heartbeat beat, Change change) {
        long now = nanoClock.getAsLong();
        Map<Long, Member> members = current == null ? new HashMap<>() : new HashMap<>(current.members());
        Member known = members.get(beat.connection.id());
        if (known != null && known.isSameClient(beat.clientId, beat.language, beat.version)) {
            known.heard(now);
        } else {
            members.put(
                    beat.connection.id(), new Member(beat.connection, beat.clientId, beat.language, beat.version, now));
            change.happened = true;
        }
        Map<String, Subscription> subscriptions = new HashMap<>();
        for (Subscription wanted : beat.subscriptions) {
            String topic = wanted.data().topic();
            Subscription before = current == null ? null : current.subscription(topic);
            if (before == null || wanted.data().subVersion() > before.data().subVersion()) {
                subscriptions.put(topic, wanted);
                change.happened = true;
                if (before != null
                        && !before.data().subString().equals(wanted.data().subString())
                        && members.size() > 1) {
                    change.conflict = topic + ": '" + before.data().subString() + "' is replaced by '"
                            + wanted.data().subString() + "' of " + beat.clientId;
                }
            } else {
                subscriptions.put(topic, before);
            }
        }
        if (current != null && !current.subscriptions().keySet().equals(subscriptions.keySet())) {
            change.happened = true;
        }
        ConsumerGroup next = new ConsumerGroup(
                beat.group, beat.consumeType, beat.messageModel, beat.consumeFromWhere, members, subscriptions);
        change.after = next;
        change.group = beat.group;
        return next;
    }

    private void drop(String group, java.util.function.Predicate<Member> gone) {
        Change change = new Change();
        groups.computeIfPresent(group, (name, current) -> {
            Map<Long, Member> members = new HashMap<>(current.members());
            List<String> left = new ArrayList<>();
            members.values().removeIf(member -> {
                boolean leaves = gone.test(member);
                if (leaves) {
                    left.add(member.clientId());
                }
                return leaves;
            });
            if (left.isEmpty()) {
                return current;
            }
            change.happened = true;
            change.group = group;
            change.left.addAll(left);
            if (members.isEmpty()) {
                return null;
            }
            change.after = new ConsumerGroup(
                    group,
                    current.consumeType(),
                    current.messageModel(),
                    current.consumeFromWhere(),
                    members,
                    current.subscriptions());
            return change.after;
        });
        tell(change);
    }

    private void tell(Change change) {
        if (change.conflict != null) {
            LOG.warn(
                    "group {} has members with different subscriptions, so messages will be missed; {}",
                    change.group,
                    change.conflict);
        }
        if (change.happened) {
            listener.changed(change.group, change.after, change.left);
        }
    }

    /** Is told about changes; must not block. */
    @FunctionalInterface
    public interface Listener {

        /**
         * Members or subscriptions of {@code group} are others than before.
         *
         * @param group the group's name
         * @param now the group as it is now; {@code null} if nobody is left
         * @param left client ids that are no longer members
         */
        void changed(String group, @Nullable ConsumerGroup now, List<String> left);
    }

    /** What one atomic replacement did, carried out of the map's critical section. */
    private static final class Change {
        private boolean happened;
        private String group = "";
        private @Nullable String conflict;
        private @Nullable ConsumerGroup after;
        private final List<String> left = new ArrayList<>();
    }
}
