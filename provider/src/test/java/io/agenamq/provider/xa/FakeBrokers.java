// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.xa;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchInfo;
import io.agenamq.protocol.command.JmsBranchInfo.State;
import io.agenamq.provider.client.BranchAt;
import io.agenamq.provider.client.BranchLink;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.ClientException.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Brokers that keep branches as the real ones do, without messages. Belongs to one thread. */
final class FakeBrokers implements BranchLink {

    /** Branches by broker. */
    private final Map<String, Map<JmsBranch, Held>> brokers = new TreeMap<>();

    /** Brokers that do not answer. */
    final Set<String> away = new HashSet<>();

    /** Brokers that do what they are asked, and whose answer is lost. */
    final Set<String> mute = new HashSet<>();

    /** Everything that was asked, in order. */
    final List<String> asked = new ArrayList<>();

    private long lastLife;

    private static final class Held {
        State state = State.ACTIVE;
        boolean heuristic;
        String decider = "";
        final long life;

        Held(long life) {
            this.life = life;
        }
    }

    FakeBrokers(String... names) {
        for (String name : names) {
            brokers.put(name, new TreeMap<>((a, b) -> a.id().compareTo(b.id())));
        }
    }

    /** What became of a branch at a broker, null if it knows none. */
    @Nullable
    State state(String broker, JmsBranch branch) {
        Held held = brokers.get(broker).get(branch);
        return held == null ? null : held.state;
    }

    List<String> takeAsked() {
        List<String> taken = List.copyOf(asked);
        asked.clear();
        return taken;
    }

    /** A part with work in it arrives. */
    CompletableFuture<Long> end(JmsBranch branch, String broker) {
        return answer("end", broker, () -> {
            Held held = brokers.get(broker).computeIfAbsent(branch, any -> new Held(++lastLife));
            if (held.state != State.ACTIVE) {
                throw new ClientException(Reason.BRANCH_EXISTS, "it exists");
            }
            return held.life;
        });
    }

    /** A broker forgets what it has not prepared. */
    void restart(String broker) {
        brokers.get(broker).values().removeIf(held -> held.state == State.ACTIVE);
    }

    /** An operator decides. */
    void decideByOperator(JmsBranch branch, String broker, boolean commit) {
        Held held = brokers.get(broker).get(branch);
        held.state = commit ? State.COMMITTED : State.ROLLED_BACK;
        held.heuristic = true;
    }

    private static void require(long wanted, Held held) {
        if (wanted != 0 && held.state == State.ACTIVE && wanted != held.life) {
            throw new ClientException(Reason.UNKNOWN_BRANCH, "another life of it");
        }
    }

    private interface Doing<T> {
        T run();
    }

    private <T> CompletableFuture<T> answer(String what, String broker, Doing<T> doing) {
        asked.add(what + " " + broker);
        if (away.contains(broker)) {
            return CompletableFuture.failedFuture(new ClientException(Reason.UNREACHABLE, broker + " is away"));
        }
        try {
            T answer = doing.run();
            return mute.contains(broker)
                    ? CompletableFuture.failedFuture(new ClientException(Reason.CONNECTION_LOST, "cut"))
                    : CompletableFuture.completedFuture(answer);
        } catch (ClientException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private Held require(String broker, JmsBranch branch) {
        Held held = brokers.get(broker).get(branch);
        if (held == null) {
            throw new ClientException(Reason.UNKNOWN_BRANCH, broker + " knows no " + branch);
        }
        return held;
    }

    @Override
    public CompletableFuture<Boolean> prepare(JmsBranch branch, String broker, String decider, long life) {
        return answer("prepare", broker, () -> {
            Held held = require(broker, branch);
            require(life, held);
            if (held.state == State.ACTIVE) {
                held.state = State.PREPARED;
                held.decider = decider;
            }
            return false;
        });
    }

    @Override
    public CompletableFuture<Void> decide(
            JmsBranch branch, String broker, boolean commit, boolean onePhase, long life) {
        return answer((commit ? "commit" : "rollback") + (onePhase ? " 1pc" : ""), broker, () -> {
            Held held = require(broker, branch);
            require(life, held);
            State wanted = commit ? State.COMMITTED : State.ROLLED_BACK;
            switch (held.state) {
                case ACTIVE, PREPARED -> {
                    if (commit && onePhase != (held.state == State.ACTIVE)) {
                        throw new ClientException(Reason.WRONG_BRANCH_STATE, "it is " + held.state);
                    }
                    held.state = wanted;
                }
                case COMMITTED, ROLLED_BACK -> {
                    if (held.state != wanted || held.heuristic) {
                        throw new ClientException(
                                held.state == State.COMMITTED ? Reason.BRANCH_COMMITTED : Reason.BRANCH_ROLLED_BACK,
                                "it is " + held.state);
                    }
                }
            }
            return null;
        });
    }

    @Override
    public CompletableFuture<List<BranchAt>> recover(JmsBranch.Kind kind) {
        List<BranchAt> found = new ArrayList<>();
        for (String broker : brokers.keySet()) {
            CompletableFuture<Void> there = answer("recover", broker, () -> {
                brokers.get(broker).forEach((branch, held) -> {
                    if (held.state == State.PREPARED || held.heuristic) {
                        found.add(new BranchAt(
                                broker,
                                new JmsBranchInfo(
                                        branch, null, held.state, held.heuristic, 0, 1, 0, List.of(), held.decider)));
                    }
                });
                return null;
            });
            if (there.isCompletedExceptionally()) {
                return there.thenApply(never -> found);
            }
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public CompletableFuture<Void> forget(JmsBranch branch, String broker) {
        return answer("forget", broker, () -> {
            require(broker, branch).heuristic = false;
            return null;
        });
    }
}
