// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.session.Failures;
import io.agenamq.provider.transaction.TransactionTable.Row;
import jakarta.jms.JMSException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What brokers are told about branches, and what becomes of the rows.
 *
 * <pre>
 *   row committed ─▶ decide, at each broker ─▶ heard by all ─▶ on all disks ─▶ row removed, with others
 *                        └── not answered: again and again, as long as this process lives; after that
 *                            brokers ask another member, and another member finds the row
 * </pre>
 *
 * <p>A row that says "committed" goes only after the decision is on the disks of all brokers: until then its absence would be read as "rolled back". A row that says "rolled back" keeps the application's
 * row from being entered late, and goes when that is over. A question that is answered late, when the row is gone, finds a branch that is decided: brokers refuse the other decision.
 *
 * <p>Any thread. What waits for the database runs on {@code agena-table-n} threads, {@value #THREADS} at most, which end when they are idle.
 */
final class Decisions implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Decisions.class);

    /** Questions may each wait for an open transaction of the database; one must not hold up all others. */
    private static final int THREADS = 4;

    /** More questions are dropped: brokers ask again. */
    private static final int WAITING_MAX = 10_000;

    private static final int IDLE_SECONDS = 10;

    /** More that nobody has answered is left to the brokers, who ask. */
    private static final int UNHEARD_MAX = 10_000;

    private static final int REMOVED_AT_ONCE_MAX = 1000;
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int CLOSE_SECONDS = 5;
    private static final int TABLE_SECONDS = 60;

    private final TransactionTable table;
    private final DataSource dataSource;
    private final Link link;
    private final Pace pace;
    private final ThreadPoolExecutor threads;

    /** Of this process, between prepare and their end: their rows may be entered at any moment. */
    private final Set<String> inProgress = ConcurrentHashMap.newKeySet();

    /** Questions that are being answered. */
    private final Set<JmsBranch> asked = ConcurrentHashMap.newKeySet();

    /** Rows whose decision everybody has heard. */
    private final Queue<Heard> heard = new ConcurrentLinkedQueue<>();

    /** Rows that say "rolled back", entered by this process, in the order of time. */
    private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();

    private final AtomicInteger unheard = new AtomicInteger();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private volatile boolean closed;

    private record Heard(JmsBranch branch, boolean committed, List<String> brokers) {}

    private record Refusal(String id, long untilNanos) {}

    Decisions(TransactionTable table, DataSource dataSource, Link link, Pace pace) {
        this.table = table;
        this.dataSource = dataSource;
        this.link = link;
        this.pace = pace;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), task -> {
                    Thread thread = new Thread(task, "agena-table-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Makes the table if it is not there. Waits. */
    void createTable() throws JMSException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        // Not on the calling thread: it may be in a transaction, which the data source would take part in.
        run(() -> {
            try (Connection connection = dataSource.getConnection()) {
                table.createTable(connection);
                done.complete(null);
            } catch (SQLException | RuntimeException failed) {
                done.completeExceptionally(failed);
            }
        });
        try {
            done.get(TABLE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw noTable(interrupted);
        } catch (ExecutionException | TimeoutException failed) {
            throw noTable(failed);
        }
    }

    private JMSException noTable(Exception why) {
        Throwable cause = why.getCause() == null ? why : why.getCause();
        return Failures.withCause(
                new JMSException(
                        "the table is not there and cannot be made here: " + cause.getMessage()
                                + "; an administrator makes it with: " + table.definition(),
                        "NO_TABLE"),
                cause instanceof Exception exception ? exception : why);
    }

    /** Begins to answer for the group, and to look for rows that nobody removes. */
    void start() {
        link.join(table.group(), this::asked);
        searchLater();
    }

    // ---- the end of a transaction

    /**
     * Lets brokers keep a branch until it is decided. Waits.
     *
     * @param lives which life of the branch each of them has
     * @return those that have something of it, and wait for the decision
     */
    List<String> prepare(JmsBranch branch, Map<String, Long> lives) throws JMSException {
        inProgress.add(branch.id());
        List<String> brokers = List.copyOf(lives.keySet());
        List<CompletableFuture<Boolean>> answers = brokers.stream()
                .map(broker -> link.prepare(branch, broker, table.group(), lives.getOrDefault(broker, 0L)))
                .toList();
        List<String> waiting = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            boolean nothingThere = Failures.await(answers.get(i), "cannot prepare at broker " + brokers.get(i));
            if (!nothingThere) {
                waiting.add(brokers.get(i));
            }
        }
        if (waiting.isEmpty()) {
            inProgress.remove(branch.id());
        }
        return waiting;
    }

    /** The row is committed. */
    Verdict commit(JmsBranch branch, List<String> brokers) {
        return ended(branch, brokers, Verdict.COMMITTED, true);
    }

    /**
     * The application's transaction is rolled back.
     *
     * @param row whether there may be a row of somebody who asked
     */
    Verdict rollBack(JmsBranch branch, List<String> brokers, boolean row) {
        return ended(branch, brokers, Verdict.ROLLED_BACK, row);
    }

    /**
     * The application's transaction is committed, and brokers have not prepared their parts. Waits.
     *
     * @param lives which life of the branch each of them has
     */
    Verdict commitAtOnce(JmsBranch branch, Map<String, Long> lives) {
        lives.forEach((broker, life) -> {
            try {
                Failures.await(link.decide(branch, broker, true, true, life), "cannot commit at broker " + broker);
            } catch (JMSException failed) {
                LOG.error(
                        "{}: its database is committed, and its messages at broker {} may be lost",
                        branch,
                        broker,
                        failed);
            }
        });
        return Verdict.COMMITTED;
    }

    private Verdict ended(JmsBranch branch, List<String> brokers, Verdict verdict, boolean row) {
        inProgress.remove(branch.id());
        Verdict stands = await(tell(branch, brokers, verdict, row));
        if (stands != verdict && stands != Verdict.UNKNOWN) {
            LOG.error("{} is {} in the database, and an operator has decided otherwise", branch, verdict);
        }
        return verdict;
    }

    /**
     * The row knows what became of the application's transaction. If there is none, brokers may know more: it was committed, and the row has done its duty.
     *
     * @return unknown if brokers are needed, too, and cannot be asked
     */
    Verdict ask(JmsBranch branch, List<String> brokers) {
        inProgress.remove(branch.id());
        CompletableFuture<Verdict> answer = new CompletableFuture<>();
        ask(branch, brokers, answer);
        return await(answer);
    }

    private void ask(JmsBranch branch, List<String> brokers, CompletableFuture<Verdict> answer) {
        boolean begun = run(() -> {
            Verdict verdict = askRow(branch);
            if (verdict == Verdict.UNKNOWN) {
                link.after(RETRY, () -> ask(branch, brokers, answer));
                return;
            }
            CompletableFuture<Verdict> stands = tell(branch, brokers, verdict, true);
            if (verdict == Verdict.COMMITTED) {
                // Brokers hear of it before the application goes on, or later.
                Verdict unused = await(stands);
                answer.complete(verdict);
            } else {
                var unused = stands.thenAccept(answer::complete);
            }
        });
        if (!begun) {
            answer.complete(Verdict.UNKNOWN);
        }
    }

    private Verdict askRow(JmsBranch branch) {
        try {
            return table.ask(dataSource, branch.id());
        } catch (SQLException noAnswer) {
            LOG.warn("{}: the database does not say what became of {}: {}", table, branch, noAnswer.toString());
            return Verdict.UNKNOWN;
        }
    }

    /** Unknown if it takes too long. */
    private Verdict await(CompletableFuture<Verdict> answer) {
        try {
            return answer.get(pace.decisionWait().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Verdict.UNKNOWN;
        } catch (ExecutionException | TimeoutException later) {
            LOG.debug("it is known later what became of a transaction", later);
            return Verdict.UNKNOWN;
        }
    }

    // ---- brokers

    /** Completes with the decision that stands, when all brokers have heard; not at all if it is left to them to ask. */
    private CompletableFuture<Verdict> tell(JmsBranch branch, List<String> brokers, Verdict verdict, boolean row) {
        List<CompletableFuture<Verdict>> answers =
                brokers.stream().map(broker -> tell(branch, broker, verdict)).toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> {
                    if (row) {
                        heard.add(new Heard(branch, verdict == Verdict.COMMITTED, brokers));
                        sweepLater();
                    }
                    return answers.stream()
                            .map(CompletableFuture::join)
                            .filter(stands -> stands != verdict)
                            .findFirst()
                            .orElse(verdict);
                });
    }

    private CompletableFuture<Verdict> tell(JmsBranch branch, String broker, Verdict verdict) {
        CompletableFuture<Verdict> stands = new CompletableFuture<>();
        if (unheard.incrementAndGet() > UNHEARD_MAX) {
            unheard.decrementAndGet();
            LOG.warn(
                    "{} branches wait for brokers to hear of their decision; {} waits for its broker to ask",
                    UNHEARD_MAX,
                    branch);
            return stands;
        }
        var unused = stands.whenComplete((done, failure) -> unheard.decrementAndGet());
        tell(branch, broker, verdict, stands);
        return stands;
    }

    private void tell(JmsBranch branch, String broker, Verdict verdict, CompletableFuture<Verdict> stands) {
        var unused = link.announce(branch, broker, verdict == Verdict.COMMITTED).whenComplete((done, failure) -> {
            Verdict heardThere = failure == null ? verdict : standing(branch, broker, verdict, failure);
            if (heardThere != Verdict.UNKNOWN) {
                stands.complete(heardThere);
            } else if (!closed) {
                link.after(RETRY, () -> tell(branch, broker, verdict, stands));
            }
        });
    }

    /** The decision that stands at a broker that has refused one; unknown if it has to be told again. */
    private static Verdict standing(JmsBranch branch, String broker, Verdict verdict, Throwable failure) {
        ClientException refusal = ClientException.of(failure);
        return switch (refusal.reason()) {
            case BRANCH_COMMITTED -> Verdict.COMMITTED;
            case BRANCH_ROLLED_BACK -> Verdict.ROLLED_BACK;
            case UNKNOWN_BRANCH, BRANCH_TIMED_OUT, TRANSACTION_ROLLED_BACK -> {
                // Rolled back: it was never prepared. Committed: that was long ago, or the broker has lost its store.
                if (verdict == Verdict.COMMITTED) {
                    LOG.warn("broker {} does not know {}, which is committed in the database", broker, branch);
                }
                yield verdict;
            }
            default -> {
                LOG.debug("broker {} has not heard of the decision about {}", broker, branch, refusal);
                yield Verdict.UNKNOWN;
            }
        };
    }

    // ---- questions of brokers

    /** A broker asks, on an event loop: what became of a branch of the group? */
    private void asked(String broker, JmsBranch branch) {
        if (branch.kind() != JmsBranch.Kind.TABLE || inProgress.contains(branch.id()) || !asked.add(branch)) {
            return;
        }
        boolean begun = run(() -> {
            try {
                answer(broker, branch);
            } finally {
                asked.remove(branch);
            }
        });
        if (!begun) {
            asked.remove(branch);
        }
    }

    private void answer(String broker, JmsBranch branch) {
        Verdict verdict = askRow(branch);
        LOG.info("broker {} asks what became of {}: {}", broker, branch, verdict);
        if (verdict == Verdict.ROLLED_BACK) {
            refusals.add(new Refusal(
                    branch.id(), pace.nanoTime() + pace.refusalKept().toNanos()));
            sweepLater();
        }
        if (verdict != Verdict.UNKNOWN) {
            var unused = link.decide(branch, broker, verdict == Verdict.COMMITTED, false, 0)
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            LOG.debug("broker {} has not taken the answer about {}", broker, branch, failure);
                        }
                    });
        }
    }

    // ---- rows

    private void sweepLater() {
        if (!closed && sweeping.compareAndSet(false, true)) {
            link.after(pace.sweep(), () -> {
                sweeping.set(false);
                run(this::sweep);
            });
        }
    }

    /** Removes rows that are not needed any more. */
    private void sweep() {
        List<Heard> batch = new ArrayList<>();
        for (Heard next = heard.poll(); next != null; next = heard.poll()) {
            batch.add(next);
            if (batch.size() == REMOVED_AT_ONCE_MAX) {
                break;
            }
        }
        List<String> ids = new ArrayList<>();
        for (Heard each : onDisk(batch)) {
            ids.add(each.branch().id());
        }
        long now = pace.nanoTime();
        for (Refusal next = refusals.peek(); next != null && next.untilNanos() - now <= 0; next = refusals.peek()) {
            var unused = refusals.remove(next);
            ids.add(next.id());
        }
        remove(ids);
        if (!heard.isEmpty() || !refusals.isEmpty()) {
            sweepLater();
        }
    }

    /** Of a batch, those whose decision survives whatever happens to brokers. */
    private List<Heard> onDisk(List<Heard> batch) {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (Heard each : batch) {
            CompletableFuture<?>[] all = each.committed()
                    ? each.brokers().stream()
                            .map(broker -> again(each.branch(), broker))
                            .toArray(CompletableFuture<?>[]::new)
                    : new CompletableFuture<?>[0];
            answers.add(CompletableFuture.allOf(all));
        }
        List<Heard> durable = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            try {
                answers.get(i).join();
                durable.add(batch.get(i));
            } catch (RuntimeException notNow) {
                // The row stays until it is found by the search.
                LOG.debug("{} is not on the disk of its brokers", batch.get(i).branch(), notNow);
            }
        }
        return durable;
    }

    /** Says once more that a branch is committed, and answers when that is on the broker's disk. */
    private CompletableFuture<Void> again(JmsBranch branch, String broker) {
        return link.decide(branch, broker, true, false, 0).exceptionallyCompose(failure -> {
            ClientException why = ClientException.of(failure);
            Verdict stands = standing(branch, broker, Verdict.COMMITTED, why);
            if (stands == Verdict.ROLLED_BACK) {
                LOG.error("{} is committed in the database, and broker {} has rolled it back", branch, broker);
            }
            return stands == Verdict.UNKNOWN
                    ? CompletableFuture.failedFuture(why)
                    : CompletableFuture.completedFuture(null);
        });
    }

    private void remove(List<String> ids) {
        try {
            table.remove(dataSource, ids);
        } catch (SQLException failed) {
            LOG.warn("{}: {} rows could not be removed now: {}", table, ids.size(), failed.toString());
        }
    }

    private void searchLater() {
        if (!closed) {
            link.after(pace.search(), () -> {
                if (!run(this::searchAndGoOn)) {
                    searchLater();
                }
            });
        }
    }

    private void searchAndGoOn() {
        search();
        searchLater();
    }

    /** Looks after rows whose process has died: their brokers hear the decision, and then they go. */
    private void search() {
        long now = table.now();
        try {
            List<Row> rows = table.enteredBefore(dataSource, now - pace.search().toMillis(), REMOVED_AT_ONCE_MAX);
            List<String> ids = new ArrayList<>();
            List<Heard> committed = new ArrayList<>();
            for (Row row : rows) {
                if (row.committed()) {
                    committed.add(new Heard(new JmsBranch(JmsBranch.Kind.TABLE, row.id()), true, row.brokers()));
                } else if (row.enteredAt() < now - pace.refusalKeptByOthers().toMillis()) {
                    ids.add(row.id());
                }
            }
            for (Heard each : onDisk(committed)) {
                ids.add(each.branch().id());
            }
            remove(ids);
        } catch (SQLException failed) {
            LOG.warn("{}: old rows could not be looked for: {}", table, failed.toString());
        }
    }

    /** Runs a task that may wait for the database; false if too many wait already, or it is closed. */
    private boolean run(Runnable task) {
        try {
            threads.execute(task);
            return true;
        } catch (RejectedExecutionException full) {
            LOG.debug("{}: a task is dropped", table, full);
            return false;
        }
    }

    /** Removes what can be removed, for a while; the rest is found by others, or by this process when it comes again. */
    @Override
    public void close() {
        closed = true;
        run(this::sweep);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.debug("{}: questions are not answered any more", table);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        // Not interrupted: that would close files under an embedded database. They are daemons.
        link.close();
    }
}
