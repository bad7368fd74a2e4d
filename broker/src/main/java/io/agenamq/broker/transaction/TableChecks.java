// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.access.Principal;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchCheck;
import io.agenamq.protocol.command.JmsBranchInfo;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsGroupJoinRequest;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.Request;
import io.agenamq.store.transaction.BranchId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Check-back of branches whose decision is a row in an application's database: who can look it up, and who is asked when.
 *
 * <p>A connection joins a group, of its user, and is a member until it ends. A branch that has waited for a while is asked about: one member after the other, with an interval between, until
 * one of them decides. A member that does not know says nothing. Nobody to ask is no answer: the first member to come is asked. Any thread joins and leaves; {@link #tick} is one thread's.
 */
final class TableChecks {

    /** Groups that one connection may join. */
    private static final int GROUPS_MAX = 1000;

    /** Questions that one tick puts: more would be answered no earlier. */
    private static final int ASKED_MAX = 500;

    private final long afterMillis;
    private final long intervalMillis;
    private final ConcurrentMap<Group, List<Connection>> members = new ConcurrentHashMap<>();

    // Of the thread that ticks.
    private final Map<BranchId, Schedule> schedules = new HashMap<>();

    private record Group(String owner, String name) {}

    /** The groups of a connection; touched by its event loop only. */
    private static final class Memberships {
        final Set<Group> groups = new HashSet<>();
    }

    private static final class Schedule {
        long due;
        int asked;
    }

    /**
     * Without members.
     *
     * @param afterMillis age of a prepared branch at which somebody is asked for the first time
     * @param intervalMillis from one question about it to the next
     */
    TableChecks(long afterMillis, long intervalMillis) {
        this.afterMillis = afterMillis;
        this.intervalMillis = intervalMillis;
    }

    /** A connection joins a group. On its event loop. */
    void join(Request request) {
        Connection connection = request.connection();
        JmsGroupJoinRequest asked = JmsGroupJoinRequest.readFrom(request.frame().fields());
        Memberships joined = connection.attachment(Memberships.class);
        if (joined == null) {
            joined = new Memberships();
            connection.attach(Memberships.class, joined);
        }
        if (joined.groups.size() >= GROUPS_MAX) {
            throw new ProtocolException(
                    JmsRefusal.TOO_MUCH.code(), "this connection is a member of " + GROUPS_MAX + " groups already");
        }
        String user = Principal.of(connection).user();
        Group group = new Group(user == null ? "" : user, asked.group());
        if (joined.groups.add(group)) {
            members.compute(group, (key, known) -> {
                List<Connection> all = known == null ? new CopyOnWriteArrayList<>() : known;
                all.add(connection);
                return all;
            });
        }
        request.reply(Header.NONE);
    }

    /** A connection is gone. On its event loop. */
    void closed(Connection connection) {
        Memberships joined = connection.attachment(Memberships.class);
        if (joined == null) {
            return;
        }
        for (Group group : joined.groups) {
            members.computeIfPresent(group, (key, known) -> {
                known.remove(connection);
                return known.isEmpty() ? null : known;
            });
        }
    }

    /** Asks about the branches that are due. */
    void tick(long now, Collection<Branch> open) {
        Set<BranchId> waiting = new HashSet<>();
        int asked = 0;
        for (Branch branch : open) {
            JmsBranchInfo info = branch.info();
            if (branch.name().kind() != JmsBranch.Kind.TABLE || info.state() != JmsBranchInfo.State.PREPARED) {
                continue;
            }
            waiting.add(branch.id());
            Schedule schedule = schedules.computeIfAbsent(branch.id(), id -> {
                Schedule first = new Schedule();
                first.due = info.since() + afterMillis;
                return first;
            });
            if (now >= schedule.due && asked < ASKED_MAX && ask(branch, info.decider(), schedule.asked)) {
                asked++;
                schedule.asked++;
                schedule.due = now + intervalMillis;
            }
        }
        schedules.keySet().retainAll(waiting);
    }

    /** Asks the next member that is there; false if none is. */
    private boolean ask(Branch branch, String group, int turn) {
        List<Connection> all = members.get(new Group(branch.id().owner(), group));
        if (all == null) {
            return false;
        }
        List<Connection> there = all.stream()
                .filter(member -> member.isOpen() && member.isWritable())
                .toList();
        if (there.isEmpty()) {
            return false;
        }
        there.get(turn % there.size()).push(JmsCode.BRANCH_CHECK, new JmsBranchCheck(branch.name(), group), Body.EMPTY);
        return true;
    }
}
