// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.group;

import io.agenamq.remoting.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * Producers by group, from their heartbeats. Needed to find the client that a reply or a transaction check is for, and to show who is
 * connected.
 *
 * <p>Safe for all threads: a group is an immutable map from connection to member that is replaced as a whole.
 */
public final class ProducerGroups {

    /** Groups at one time; more are not noted, nor longer names. Any client may claim to produce for any group. */
    static final int COUNT_MAX = 50_000;

    private static final int NAME_LENGTH_MAX = 255;

    private final LongSupplier nanoClock;
    private final Duration expiry;
    private final ConcurrentHashMap<String, Map<Long, Member>> groups = new ConcurrentHashMap<>();

    /** A member that is not heard of for {@code expiry} is dropped by {@link #dropSilent}. */
    public ProducerGroups(LongSupplier nanoClock, Duration expiry) {
        this.nanoClock = nanoClock;
        this.expiry = expiry;
    }

    /** A heartbeat says that the client on {@code connection} produces as {@code group}. */
    public void heartbeat(String group, Connection connection, String clientId, int language, int version) {
        long now = nanoClock.getAsLong();
        Map<Long, Member> members = groups.get(group);
        Member known = members == null ? null : members.get(connection.id());
        if (known != null && known.isSameClient(clientId, language, version)) {
            known.heard(now);
            return;
        }
        if (group.length() > NAME_LENGTH_MAX || (members == null && groups.size() >= COUNT_MAX)) {
            return;
        }
        change(group, copy -> {
            copy.put(connection.id(), new Member(connection, clientId, language, version, now));
            return copy;
        });
    }

    /** The client on {@code connection} leaves {@code group}. */
    public void leave(String group, Connection connection) {
        change(group, copy -> {
            copy.remove(connection.id());
            return copy;
        });
    }

    /** The connection is gone, and with it its client from all groups. */
    public void connectionClosed(Connection connection) {
        for (String group : groups.keySet()) {
            if (groups.getOrDefault(group, Map.of()).containsKey(connection.id())) {
                leave(group, connection);
            }
        }
    }

    /** Drops members that sent no heartbeat for the expiry time. */
    public void dropSilent() {
        long now = nanoClock.getAsLong();
        for (String group : groups.keySet()) {
            if (groups.getOrDefault(group, Map.of()).values().stream().anyMatch(member -> isSilent(member, now))) {
                change(group, copy -> {
                    copy.values().removeIf(member -> isSilent(member, now));
                    return copy;
                });
            }
        }
    }

    /** The members of {@code group}; empty if there are none. */
    public Collection<Member> members(String group) {
        return groups.getOrDefault(group, Map.of()).values();
    }

    /** Names of the groups with members, sorted. */
    public List<String> names() {
        return List.copyOf(new TreeSet<>(groups.keySet()));
    }

    /** Any open connection of the producer that calls itself {@code clientId}. */
    public Optional<Connection> find(String clientId) {
        return groups.values().stream()
                .flatMap(members -> members.values().stream())
                .filter(member -> member.clientId().equals(clientId))
                .map(Member::connection)
                .filter(Connection::isOpen)
                .findFirst();
    }

    /** When {@code member} was heard last, in milliseconds of the wall clock. */
    public long lastHeartbeatMillis(Member member, InstantSource wallClock) {
        return wallClock.millis() - (nanoClock.getAsLong() - member.lastHeartbeatNanos()) / 1_000_000;
    }

    private boolean isSilent(Member member, long nowNanos) {
        return nowNanos - member.lastHeartbeatNanos() > expiry.toNanos();
    }

    private void change(String group, UnaryOperator<Map<Long, Member>> edit) {
        groups.compute(group, (name, members) -> {
            Map<Long, Member> edited = edit.apply(members == null ? new HashMap<>() : new HashMap<>(members));
            return edited.isEmpty() ? null : Map.copyOf(edited);
        });
    }
}
