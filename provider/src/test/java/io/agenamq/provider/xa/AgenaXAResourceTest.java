// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.xa;

import static javax.transaction.xa.XAException.XAER_DUPID;
import static javax.transaction.xa.XAException.XAER_INVAL;
import static javax.transaction.xa.XAException.XAER_NOTA;
import static javax.transaction.xa.XAException.XAER_PROTO;
import static javax.transaction.xa.XAException.XAER_RMFAIL;
import static javax.transaction.xa.XAException.XA_HEURCOM;
import static javax.transaction.xa.XAException.XA_HEURMIX;
import static javax.transaction.xa.XAException.XA_HEURRB;
import static javax.transaction.xa.XAException.XA_RBCOMMFAIL;
import static javax.transaction.xa.XAException.XA_RBROLLBACK;
import static javax.transaction.xa.XAException.XA_RBTIMEOUT;
import static javax.transaction.xa.XAException.XA_RBTRANSIENT;
import static javax.transaction.xa.XAResource.TMENDRSCAN;
import static javax.transaction.xa.XAResource.TMFAIL;
import static javax.transaction.xa.XAResource.TMJOIN;
import static javax.transaction.xa.XAResource.TMNOFLAGS;
import static javax.transaction.xa.XAResource.TMONEPHASE;
import static javax.transaction.xa.XAResource.TMRESUME;
import static javax.transaction.xa.XAResource.TMSTARTRSCAN;
import static javax.transaction.xa.XAResource.TMSUCCESS;
import static javax.transaction.xa.XAResource.TMSUSPEND;
import static javax.transaction.xa.XAResource.XA_OK;
import static javax.transaction.xa.XAResource.XA_RDONLY;
import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchInfo.State;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.remoting.HostPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a transaction manager may call in which state, and what it is told when brokers fail (X/Open XA, state tables 6-1 to 6-4). */
class AgenaXAResourceTest {

    private static final HostPort NAME_SERVER = new HostPort("127.0.0.1", 9876);

    private final AtomicLong nanos = new AtomicLong();
    private final FakeBrokers brokers = new FakeBrokers("a", "b");
    private final ResourceManagers managers = new ResourceManagers();
    private Branches branches = managers.branchesOf(List.of(NAME_SERVER), null);
    private final Worker worker = new Worker();
    private final AgenaXAResource resource = resource(worker);
    private final Xid xid = xid(1);
    private final JmsBranch branch = JmsBranch.xa(7, new byte[] {1}, new byte[] {9});

    private AgenaXAResource resource(BranchWorker its) {
        return new AgenaXAResource(brokers, branches, its, true, nanos::get);
    }

    private static Xid xid(int number) {
        return new BranchXid(JmsBranch.xa(7, new byte[] {(byte) number}, new byte[] {9}));
    }

    /** A session that has worked with the brokers that the test says. */
    private final class Worker implements BranchWorker {
        final Set<String> with = new TreeSet<>();
        final List<String> calls = new ArrayList<>();
        boolean closed;

        @Nullable
        ClientException lost;

        @Override
        public boolean begin() {
            calls.add("begin");
            return !closed;
        }

        @Override
        public Handover finish(JmsBranch id, Duration timeout) {
            calls.add("finish");
            Map<String, CompletableFuture<Long>> answers = new LinkedHashMap<>();
            if (lost == null) {
                with.forEach(broker -> answers.put(broker, brokers.end(id, broker)));
            }
            with.clear();
            return new Handover(answers, lost);
        }

        @Override
        public void abandon() {
            calls.add("abandon");
            with.clear();
        }
    }

    @FunctionalInterface
    private interface Call {
        void run() throws XAException;
    }

    /** The error code, 0 if there is none. */
    private static int code(Call call) {
        try {
            call.run();
            return 0;
        } catch (XAException error) {
            return error.errorCode;
        }
    }

    private void work(Xid in, String... with) throws XAException {
        resource.start(in, TMNOFLAGS);
        worker.with.addAll(List.of(with));
        resource.end(in, TMSUCCESS);
    }

    /** The same process after its end: nothing is known here. */
    private AgenaXAResource afterRestart() {
        branches = new Branches();
        return resource(new Worker());
    }

    // ---- the state table

    /** Every call in every state: what is written down here is what the tables of X/Open XA, and JTA, demand. */
    @Test
    void every_call_in_every_state_has_the_outcome_that_the_state_tables_demand() throws Exception {
        Map<String, Map<String, Integer>> expected = new LinkedHashMap<>();
        //              unknown     active      suspended   idle        doomed         prepared
        row(expected, "start", XA_OK, XAER_PROTO, XAER_DUPID, XAER_DUPID, XAER_DUPID, XAER_DUPID);
        row(expected, "join", XAER_NOTA, XAER_PROTO, XAER_PROTO, XA_OK, XA_RBROLLBACK, XAER_PROTO);
        row(expected, "resume", XAER_NOTA, XAER_PROTO, XA_OK, XAER_PROTO, XAER_PROTO, XAER_PROTO);
        row(expected, "end", XAER_NOTA, XA_OK, XA_OK, XAER_PROTO, XAER_PROTO, XAER_PROTO);
        row(expected, "fail", XAER_NOTA, XA_OK, XA_OK, XAER_PROTO, XAER_PROTO, XAER_PROTO);
        row(expected, "suspend", XAER_NOTA, XA_OK, XAER_PROTO, XAER_PROTO, XAER_PROTO, XAER_PROTO);
        row(expected, "prepare", XAER_NOTA, XAER_PROTO, XAER_PROTO, XA_OK, XA_RBROLLBACK, XAER_PROTO);
        row(expected, "commit", XAER_NOTA, XAER_PROTO, XAER_PROTO, XAER_PROTO, XAER_PROTO, XA_OK);
        row(expected, "one phase", XAER_NOTA, XAER_PROTO, XAER_PROTO, XA_OK, XA_RBROLLBACK, XAER_PROTO);
        row(expected, "rollback", XAER_NOTA, XAER_PROTO, XAER_PROTO, XA_OK, XA_OK, XA_OK);
        row(expected, "forget", XAER_NOTA, XAER_PROTO, XAER_PROTO, XAER_PROTO, XAER_PROTO, XAER_PROTO);

        Map<String, Map<String, Integer>> found = new LinkedHashMap<>();
        int number = 20;
        for (String call : expected.keySet()) {
            for (String state : expected.get(call).keySet()) {
                Worker its = new Worker();
                AgenaXAResource one = resource(its);
                Xid id = xid(number++);
                bring(one, its, id, state);
                found.computeIfAbsent(call, any -> new TreeMap<>()).put(state, code(() -> call(one, id, call)));
            }
        }
        assertThat(found).isEqualTo(expected);
    }

    private static void row(Map<String, Map<String, Integer>> table, String call, int... codes) {
        String[] states = {"unknown", "active", "suspended", "idle", "doomed", "prepared"};
        for (int i = 0; i < states.length; i++) {
            table.computeIfAbsent(call, any -> new TreeMap<>()).put(states[i], codes[i]);
        }
    }

    private static void bring(AgenaXAResource one, Worker its, Xid id, String state) throws XAException {
        if (state.equals("unknown")) {
            return;
        }
        one.start(id, TMNOFLAGS);
        its.with.add("a");
        switch (state) {
            case "active" -> {}
            case "suspended" -> one.end(id, TMSUSPEND);
            case "idle" -> one.end(id, TMSUCCESS);
            case "doomed" -> one.end(id, TMFAIL);
            case "prepared" -> {
                one.end(id, TMSUCCESS);
                assertThat(one.prepare(id)).isEqualTo(XA_OK);
            }
            default -> throw new AssertionError(state);
        }
    }

    private static void call(AgenaXAResource one, Xid id, String call) throws XAException {
        switch (call) {
            case "start" -> one.start(id, TMNOFLAGS);
            case "join" -> one.start(id, TMJOIN);
            case "resume" -> one.start(id, TMRESUME);
            case "end" -> one.end(id, TMSUCCESS);
            case "fail" -> one.end(id, TMFAIL);
            case "suspend" -> one.end(id, TMSUSPEND);
            case "prepare" -> one.prepare(id);
            case "commit" -> one.commit(id, false);
            case "one phase" -> one.commit(id, true);
            case "rollback" -> one.rollback(id);
            case "forget" -> one.forget(id);
            default -> throw new AssertionError(call);
        }
    }

    @Test
    void what_cannot_be_an_argument_is_invalid() {
        for (Call call : List.<Call>of(
                () -> resource.start(null, TMNOFLAGS),
                () -> resource.end(null, TMSUCCESS),
                () -> resource.prepare(null),
                () -> resource.commit(null, false),
                () -> resource.rollback(null),
                () -> resource.forget(null),
                () -> resource.start(xid, TMSUSPEND),
                () -> resource.start(xid, TMJOIN | TMRESUME),
                () -> resource.end(xid, TMNOFLAGS),
                () -> resource.end(xid, TMSUCCESS | TMFAIL),
                () -> resource.recover(TMONEPHASE),
                () -> resource.recover(-1),
                () -> resource.setTransactionTimeout(-1),
                () -> resource.start(new Odd(-1, new byte[1], new byte[1]), TMNOFLAGS),
                () -> resource.start(new Odd(1, new byte[0], new byte[1]), TMNOFLAGS),
                () -> resource.start(new Odd(1, new byte[65], new byte[1]), TMNOFLAGS),
                () -> resource.start(new Odd(1, new byte[1], new byte[65]), TMNOFLAGS))) {
            assertThat(code(call)).isEqualTo(XAER_INVAL);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // the interface has arrays, and nobody compares these
    private record Odd(int getFormatId, byte[] getGlobalTransactionId, byte[] getBranchQualifier) implements Xid {}

    @Test
    void a_session_works_in_one_branch_at_a_time_and_in_a_suspended_one_again() throws Exception {
        resource.start(xid, TMNOFLAGS);
        assertThat(code(() -> resource.start(xid(2), TMNOFLAGS))).isEqualTo(XAER_PROTO);
        worker.with.add("a");
        resource.end(xid, TMSUSPEND);
        work(xid(2), "a");
        resource.commit(xid(2), true);
        resource.start(xid, TMRESUME);
        worker.with.add("b");
        resource.end(xid, TMSUCCESS);
        assertThat(resource.prepare(xid)).isEqualTo(XA_OK);
        resource.commit(xid, false);
        assertThat(brokers.state("a", branch)).isEqualTo(State.COMMITTED);
        assertThat(brokers.state("b", branch)).isEqualTo(State.COMMITTED);
    }

    @Test
    void a_branch_that_others_work_in_cannot_be_prepared() throws Exception {
        Worker second = new Worker();
        AgenaXAResource other = resource(second);
        resource.start(xid, TMNOFLAGS);
        other.start(xid, TMJOIN);
        worker.with.add("a");
        resource.end(xid, TMSUCCESS);
        assertThat(code(() -> resource.prepare(xid))).isEqualTo(XAER_PROTO);
        second.with.add("a");
        other.end(xid, TMSUCCESS);
        assertThat(other.prepare(xid)).isEqualTo(XA_OK);
        resource.commit(xid, false);
        assertThat(brokers.state("a", branch)).isEqualTo(State.COMMITTED);
    }

    @Test
    void a_closed_session_begins_nothing_and_ends_what_it_has() throws Exception {
        worker.closed = true;
        assertThat(code(() -> resource.start(xid, TMNOFLAGS))).isEqualTo(XAER_RMFAIL);
        worker.closed = false;
        resource.start(xid, TMNOFLAGS);
        worker.closed = true;
        worker.lost = new ClientException(Reason.TRANSACTION_ROLLED_BACK, "its session was closed");
        assertThat(code(() -> resource.end(xid, TMSUCCESS))).isEqualTo(XA_RBROLLBACK);
        resource.rollback(xid);
        assertThat(code(() -> resource.rollback(xid))).isEqualTo(XAER_NOTA);
    }

    // ---- round trips

    @Test
    void nothing_is_asked_until_there_is_something_to_say() throws Exception {
        resource.start(xid, TMNOFLAGS);
        resource.end(xid, TMSUSPEND);
        resource.start(xid, TMRESUME);
        resource.end(xid, TMSUCCESS);
        resource.start(xid, TMJOIN);
        resource.end(xid, TMSUCCESS);
        assertThat(resource.prepare(xid)).isEqualTo(XA_RDONLY);
        assertThat(code(() -> resource.commit(xid, false))).as("it is over").isEqualTo(XAER_NOTA);
        brokers.takeAsked();
        work(xid, "a");
        resource.commit(xid, true);
        assertThat(brokers.takeAsked()).containsExactly("end a", "commit 1pc a");
        work(xid(2), "a", "b");
        resource.prepare(xid(2));
        resource.commit(xid(2), false);
        assertThat(brokers.takeAsked())
                .containsExactly("end a", "end b", "prepare a", "prepare b", "commit a", "commit b");
    }

    // ---- lost and failed parts

    @Test
    void a_branch_whose_part_was_lost_is_rolled_back_wherever_it_has_others() throws Exception {
        work(xid, "a");
        resource.start(xid, TMJOIN);
        worker.lost = new ClientException(Reason.CONNECTION_LOST, "cut");
        assertThat(code(() -> resource.end(xid, TMSUCCESS))).isEqualTo(XA_RBCOMMFAIL);
        assertThat(code(() -> resource.prepare(xid))).isEqualTo(XA_RBCOMMFAIL);
        assertThat(brokers.state("a", branch)).isEqualTo(State.ROLLED_BACK);
        assertThat(code(() -> resource.rollback(xid))).as("it is over").isEqualTo(XAER_NOTA);
    }

    @Test
    void a_part_that_may_have_arrived_must_not_be_committed() throws Exception {
        brokers.mute.add("a");
        work(xid, "a", "b");
        brokers.mute.clear();
        assertThat(code(() -> resource.commit(xid, true))).isEqualTo(XA_RBCOMMFAIL);
        assertThat(brokers.state("a", branch)).isEqualTo(State.ROLLED_BACK);
        assertThat(brokers.state("b", branch)).isEqualTo(State.ROLLED_BACK);
    }

    @Test
    void a_broker_that_was_started_again_has_rolled_back_what_was_not_prepared() throws Exception {
        work(xid, "a", "b");
        brokers.restart("a");
        assertThat(code(() -> resource.prepare(xid))).isEqualTo(XA_RBTRANSIENT);
        assertThat(brokers.state("b", branch)).isEqualTo(State.ROLLED_BACK);
        work(xid(2), "a");
        brokers.restart("a");
        assertThat(code(() -> resource.commit(xid(2), true))).isEqualTo(XA_RBTRANSIENT);
        work(xid(3), "a");
        brokers.restart("a");
        resource.rollback(xid(3));
    }

    @Test
    void a_part_that_was_lost_by_a_restart_before_the_next_one_came_is_noticed() throws Exception {
        work(xid, "a");
        brokers.restart("a");
        resource.start(xid, TMJOIN);
        worker.with.add("a");
        resource.end(xid, TMSUCCESS);
        assertThat(code(() -> resource.commit(xid, true))).isEqualTo(XA_RBTRANSIENT);
        assertThat(brokers.state("a", branch)).isEqualTo(State.ROLLED_BACK);
    }

    @Test
    void work_that_has_failed_is_undone_and_dooms_the_branch() throws Exception {
        work(xid, "a");
        resource.start(xid, TMJOIN);
        resource.end(xid, TMFAIL);
        assertThat(worker.calls).endsWith("begin", "abandon");
        assertThat(code(() -> resource.start(xid, TMJOIN))).isEqualTo(XA_RBROLLBACK);
        resource.rollback(xid);
        assertThat(brokers.state("a", branch)).isEqualTo(State.ROLLED_BACK);
    }

    @Test
    void a_branch_of_an_identity_that_is_prepared_already_leaves_that_alone() throws Exception {
        work(xid, "a");
        resource.prepare(xid);
        AgenaXAResource stranger = afterRestart();
        stranger.start(xid, TMNOFLAGS);
        // As the session of a process that does not know better.
        Branch known = branches.get(branch);
        known.add(new BranchWorker.Handover(Map.of("a", brokers.end(branch, "a")), null));
        assertThat(code(() -> stranger.end(xid, TMSUCCESS))).isEqualTo(XAException.XA_RBOTHER);
        assertThat(code(() -> stranger.prepare(xid))).isEqualTo(XAException.XA_RBOTHER);
        assertThat(brokers.state("a", branch)).isEqualTo(State.PREPARED);
        stranger.commit(xid, false);
        assertThat(brokers.state("a", branch)).isEqualTo(State.COMMITTED);
    }

    // ---- time

    @Test
    void a_branch_that_takes_too_long_is_rolled_back() throws Exception {
        assertThat(resource.setTransactionTimeout(5)).isTrue();
        assertThat(resource.getTransactionTimeout()).isEqualTo(5);
        resource.start(xid, TMNOFLAGS);
        resource.setTransactionTimeout(0);
        assertThat(resource.getTransactionTimeout()).isZero();
        worker.with.add("a");
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(code(() -> resource.end(xid, TMSUCCESS))).isEqualTo(XA_RBTIMEOUT);
        assertThat(code(() -> resource.prepare(xid))).isEqualTo(XA_RBTIMEOUT);
        assertThat(brokers.state("a", branch)).isEqualTo(State.ROLLED_BACK);
    }

    @Test
    void a_prepared_branch_has_any_time() throws Exception {
        resource.setTransactionTimeout(5);
        work(xid, "a");
        resource.prepare(xid);
        nanos.addAndGet(Duration.ofDays(1).toNanos());
        resource.commit(xid, false);
        assertThat(brokers.state("a", branch)).isEqualTo(State.COMMITTED);
    }

    // ---- brokers that are away

    @Test
    void who_cannot_be_asked_is_asked_again_until_all_have_answered() throws Exception {
        work(xid, "a", "b");
        brokers.away.add("b");
        assertThat(code(() -> resource.prepare(xid))).isEqualTo(XAER_RMFAIL);
        brokers.away.clear();
        assertThat(resource.prepare(xid)).isEqualTo(XA_OK);
        brokers.away.add("a");
        assertThat(code(() -> resource.commit(xid, false))).isEqualTo(XAER_RMFAIL);
        assertThat(brokers.state("b", branch)).isEqualTo(State.COMMITTED);
        brokers.away.clear();
        brokers.takeAsked();
        resource.commit(xid, false);
        assertThat(brokers.takeAsked()).containsExactly("commit a");
        assertThat(brokers.state("a", branch)).isEqualTo(State.COMMITTED);
        assertThat(code(() -> resource.commit(xid, false))).isEqualTo(XAER_NOTA);
    }

    @Test
    void an_answer_that_was_lost_is_asked_for_again() throws Exception {
        work(xid, "a");
        brokers.mute.add("a");
        assertThat(code(() -> resource.commit(xid, true))).isEqualTo(XAER_RMFAIL);
        brokers.mute.clear();
        resource.commit(xid, true);
        assertThat(brokers.state("a", branch)).isEqualTo(State.COMMITTED);
    }

    @Test
    void after_a_restart_a_branch_is_not_over_as_long_as_one_of_its_brokers_is_away() throws Exception {
        work(xid, "a", "b");
        resource.prepare(xid);
        AgenaXAResource manager = afterRestart();
        brokers.away.add("b");
        assertThat(code(() -> manager.recover(TMSTARTRSCAN))).isEqualTo(XAER_RMFAIL);
        assertThat(code(() -> manager.commit(xid, false))).isEqualTo(XAER_RMFAIL);
        brokers.away.clear();
        assertThat(manager.recover(TMSTARTRSCAN | TMENDRSCAN)).containsExactly(xid);
        manager.commit(xid, false);
        assertThat(brokers.state("a", branch)).isEqualTo(State.COMMITTED);
        assertThat(brokers.state("b", branch)).isEqualTo(State.COMMITTED);
        assertThat(code(() -> manager.commit(xid, false))).isEqualTo(XAER_NOTA);
    }

    @Test
    void a_branch_that_is_half_decided_when_its_process_ends_is_decided_to_the_end() throws Exception {
        work(xid, "a", "b");
        resource.prepare(xid);
        brokers.away.add("b");
        assertThat(code(() -> resource.commit(xid, false))).isEqualTo(XAER_RMFAIL);
        brokers.away.clear();
        AgenaXAResource manager = afterRestart();
        assertThat(manager.recover(TMSTARTRSCAN)).containsExactly(xid);
        manager.commit(xid, false);
        assertThat(brokers.state("b", branch)).isEqualTo(State.COMMITTED);
    }

    // ---- recover, operators

    @Test
    void a_scan_answers_everything_at_its_start() throws Exception {
        for (int i = 1; i <= 3; i++) {
            work(xid(i), "a", "b");
            if (i < 3) {
                resource.prepare(xid(i));
            }
        }
        AgenaXAResource manager = afterRestart();
        assertThat(manager.recover(TMNOFLAGS)).isEmpty();
        assertThat(manager.recover(TMENDRSCAN)).isEmpty();
        assertThat(manager.recover(TMSTARTRSCAN)).containsExactlyInAnyOrder(xid(1), xid(2));
        assertThat(manager.recover(TMNOFLAGS)).isEmpty();
        assertThat(manager.recover(TMENDRSCAN)).isEmpty();
        assertThat(manager.recover(TMSTARTRSCAN | TMENDRSCAN)).hasSize(2);
        manager.rollback(xid(1));
        assertThat(manager.recover(TMSTARTRSCAN | TMENDRSCAN)).containsExactly(xid(2));
    }

    @Test
    void what_an_operator_has_decided_otherwise_is_heuristic_until_it_is_forgotten() throws Exception {
        work(xid, "a");
        resource.prepare(xid);
        assertThat(code(() -> resource.forget(xid))).isEqualTo(XAER_PROTO);
        brokers.decideByOperator(branch, "a", false);
        assertThat(code(() -> resource.commit(xid, false))).isEqualTo(XA_HEURRB);
        assertThat(resource.recover(TMSTARTRSCAN)).containsExactly(xid);
        resource.forget(xid);
        assertThat(resource.recover(TMSTARTRSCAN)).isEmpty();
        assertThat(code(() -> resource.forget(xid))).isEqualTo(XAER_NOTA);

        JmsBranch second = JmsBranch.xa(7, new byte[] {2}, new byte[] {9});
        work(xid(2), "a");
        resource.prepare(xid(2));
        brokers.decideByOperator(second, "a", true);
        assertThat(code(() -> resource.rollback(xid(2)))).isEqualTo(XA_HEURCOM);
        assertThat(code(() -> resource.commit(xid(2), false))).isEqualTo(XA_HEURCOM);
        resource.forget(xid(2));

        work(xid(4), "a");
        resource.prepare(xid(4));
        brokers.decideByOperator(JmsBranch.xa(7, new byte[] {4}, new byte[] {9}), "a", false);
        assertThat(code(() -> resource.rollback(xid(4)))).isEqualTo(XA_HEURRB);
        resource.forget(xid(4));

        JmsBranch third = JmsBranch.xa(7, new byte[] {3}, new byte[] {9});
        work(xid(3), "a", "b");
        resource.prepare(xid(3));
        brokers.decideByOperator(third, "a", false);
        assertThat(code(() -> resource.commit(xid(3), false))).isEqualTo(XA_HEURMIX);
        assertThat(brokers.state("b", third)).isEqualTo(State.COMMITTED);
    }

    // ---- the same resource manager

    @Test
    void connections_of_one_user_to_one_cluster_are_the_same_resource_manager() throws Exception {
        HostPort other = new HostPort("127.0.0.1", 9877);
        Branches both = managers.branchesOf(List.of(NAME_SERVER, other), null);
        assertThat(managers.branchesOf(List.of(other, NAME_SERVER), null)).isSameAs(both);
        assertThat(managers.branchesOf(List.of(other), null)).isNotSameAs(both);
        assertThat(managers.branchesOf(List.of(other, NAME_SERVER), "somebody")).isNotSameAs(both);

        AgenaXAResource same = resource(new Worker());
        AgenaXAResource elsewhere = new AgenaXAResource(brokers, both, new Worker(), true, nanos::get);
        AgenaXAResource loner = new AgenaXAResource(brokers, branches, new Worker(), false, nanos::get);
        assertThat(resource.isSameRM(resource)).isTrue();
        assertThat(resource.isSameRM(same)).isTrue();
        assertThat(resource.isSameRM(elsewhere)).isFalse();
        assertThat(resource.isSameRM(loner)).isFalse();
        assertThat(loner.isSameRM(resource)).isFalse();
        assertThat(loner.isSameRM(loner)).isTrue();
        assertThat(resource.isSameRM(null)).isFalse();
    }

    @Test
    void a_wrapper_is_seen_through_and_two_that_ask_each_other_come_to_an_end() throws Exception {
        AgenaXAResource same = resource(new Worker());
        assertThat(resource.isSameRM(wrapper(same::isSameRM))).isTrue();
        assertThat(resource.isSameRM(wrapper(asker -> asker.isSameRM(wrapper(any -> true)))))
                .isFalse();
        assertThat(resource.isSameRM(wrapper(foreign -> false))).isFalse();
    }

    @FunctionalInterface
    private interface Same {
        boolean as(XAResource other) throws XAException;
    }

    private static XAResource wrapper(Same same) {
        return (XAResource) java.lang.reflect.Proxy.newProxyInstance(
                XAResource.class.getClassLoader(),
                new Class<?>[] {XAResource.class},
                (proxy, method, arguments) ->
                        method.getName().equals("isSameRM") ? (Object) same.as((XAResource) arguments[0]) : null);
    }

    @Test
    void an_xid_comes_back_as_it_was_given() throws Exception {
        byte[] global = new byte[64];
        byte[] qualifier = new byte[64];
        for (int i = 0; i < 64; i++) {
            global[i] = (byte) (i * 7 - 128);
            qualifier[i] = (byte) -i;
        }
        for (int format : new int[] {0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x1B}) {
            Xid given = new Odd(format, global, qualifier);
            JmsBranch id = BranchXid.branchOf(given);
            Xid back = new BranchXid(JmsBranch.parse(id.toString()));
            assertThat(back.getFormatId()).isEqualTo(format);
            assertThat(back.getGlobalTransactionId()).isEqualTo(global);
            assertThat(back.getBranchQualifier()).isEqualTo(qualifier);
        }
        Xid unqualified = new Odd(1, new byte[] {5}, new byte[0]);
        assertThat(new BranchXid(BranchXid.branchOf(unqualified)).getBranchQualifier())
                .isEmpty();
    }
}
