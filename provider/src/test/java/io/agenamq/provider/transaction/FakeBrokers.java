// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.client.Link.Asked;
import io.agenamq.provider.xa.BranchWorker;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Brokers that know nothing but branches: what was handed over, prepared and decided. The first decision stands. */
final class FakeBrokers implements AutoCloseable {

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();

    /** What became of each branch at each broker: "active", "prepared", "committed", "rolled back". */
    final Map<String, String> branches = new ConcurrentHashMap<>();

    /** Brokers that cannot be reached. */
    final List<String> away = new CopyOnWriteArrayList<>();

    volatile @Nullable ClientException prepareRefusal;

    /** Runs when a broker has prepared, before it answers. */
    volatile Runnable afterPrepare = () -> {};

    volatile Asked member = (broker, branch) -> {};

    /** One member's way to the brokers. */
    Link link() {
        return (Link) Proxy.newProxyInstance(
                Link.class.getClassLoader(),
                new Class<?>[] {Link.class},
                (self, method, args) -> switch (method.getName()) {
                    case "prepare" -> prepare((JmsBranch) args[0], (String) args[1]);
                    case "announce" -> decide((JmsBranch) args[0], (String) args[1], (boolean) args[2]);
                    case "decide" -> decide((JmsBranch) args[0], (String) args[1], (boolean) args[2]);
                    case "after" -> {
                        var unused = loop.schedule(
                                (Runnable) args[1], ((Duration) args[0]).toMillis(), TimeUnit.MILLISECONDS);
                        yield null;
                    }
                    case "join" -> {
                        member = (Asked) args[1];
                        yield null;
                    }
                    case "close" -> null;
                    default -> throw new UnsupportedOperationException(method.toString());
                });
    }

    private static String key(String broker, JmsBranch branch) {
        return broker + " " + branch.id();
    }

    private CompletableFuture<Boolean> prepare(JmsBranch branch, String broker) {
        ClientException refusal = away.contains(broker) ? unreachable(broker) : prepareRefusal;
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        branches.put(key(broker, branch), "prepared");
        afterPrepare.run();
        return CompletableFuture.completedFuture(false);
    }

    private static ClientException unreachable(String broker) {
        return new ClientException(Reason.UNREACHABLE, broker + " is away");
    }

    private synchronized CompletableFuture<Void> decide(JmsBranch branch, String broker, boolean commit) {
        if (away.contains(broker)) {
            return CompletableFuture.failedFuture(unreachable(broker));
        }
        String decision = commit ? "committed" : "rolled back";
        String before = branches.get(key(broker, branch));
        if (before == null) {
            return CompletableFuture.failedFuture(new ClientException(Reason.UNKNOWN_BRANCH, "no branch " + branch));
        } else if (before.equals("committed") || before.equals("rolled back")) {
            return before.equals(decision)
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(new ClientException(
                            commit ? Reason.BRANCH_ROLLED_BACK : Reason.BRANCH_COMMITTED, "it was " + before));
        }
        branches.put(key(broker, branch), decision);
        return CompletableFuture.completedFuture(null);
    }

    /** What became of all branches, in no order. */
    List<String> states() {
        return List.copyOf(branches.values());
    }

    /** A broker that has heard nothing asks about everything that waits. */
    void ask() {
        branches.forEach((key, state) -> {
            if (state.equals("prepared")) {
                String[] parts = key.split(" ");
                member.about(parts[0], new JmsBranch(JmsBranch.Kind.TABLE, parts[1]));
            }
        });
    }

    /** A session that has sent something to some brokers. */
    final class FakeSession implements BranchWorker {

        final List<String> calls = new ArrayList<>();
        private final List<String> brokers;

        FakeSession(String... brokers) {
            this.brokers = List.of(brokers);
        }

        @Override
        public boolean begin() {
            calls.add("begin");
            return true;
        }

        @Override
        public Handover finish(JmsBranch branch, Duration timeout) {
            calls.add("finish");
            Map<String, CompletableFuture<Long>> answers = new LinkedHashMap<>();
            for (String broker : brokers) {
                branches.put(key(broker, branch), "active");
                answers.put(broker, CompletableFuture.completedFuture(1L));
            }
            return new Handover(answers, null);
        }

        @Override
        public void abandon() {
            calls.add("abandon");
        }
    }

    FakeSession session(String... brokers) {
        return new FakeSession(brokers);
    }

    @Override
    public void close() {
        loop.shutdownNow();
    }
}
