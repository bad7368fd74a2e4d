// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static javax.transaction.xa.XAResource.TMENDRSCAN;
import static javax.transaction.xa.XAResource.TMFAIL;
import static javax.transaction.xa.XAResource.TMJOIN;
import static javax.transaction.xa.XAResource.TMNOFLAGS;
import static javax.transaction.xa.XAResource.TMRESUME;
import static javax.transaction.xa.XAResource.TMSTARTRSCAN;
import static javax.transaction.xa.XAResource.TMSUCCESS;
import static javax.transaction.xa.XAResource.TMSUSPEND;
import static javax.transaction.xa.XAResource.XA_OK;
import static javax.transaction.xa.XAResource.XA_RDONLY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import jakarta.jms.TransactionInProgressException;
import jakarta.jms.TransactionInProgressRuntimeException;
import jakarta.jms.XAConnection;
import jakarta.jms.XAConnectionFactory;
import jakarta.jms.XAJMSContext;
import jakarta.jms.XAQueueConnection;
import jakarta.jms.XAQueueConnectionFactory;
import jakarta.jms.XASession;
import jakarta.jms.XATopicConnection;
import jakarta.jms.XATopicConnectionFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions that work in the branches of a transaction manager (Jakarta Messaging 3.1 §12.3; JTA 2.0 §3.4). */
class XaTest extends Rules {

    private static final AtomicLong IDS = new AtomicLong(System.nanoTime());

    private XAConnection xa;
    private XASession worker;
    private XAResource resource;
    private Queue queue;

    @BeforeEach
    void openXa() throws Exception {
        XAConnectionFactory factory = provider().xaFactory();
        Assumptions.assumeTrue(factory != null, "the provider has no XA factory");
        xa = closing(factory.createXAConnection());
        xa.start();
        worker = xa.createXASession();
        resource = worker.getXAResource();
        queue = queue();
    }

    /** Compared by its parts only, as managers do. */
    private static final class Id implements Xid {
        private final byte[] global;
        private final byte[] qualifier;

        Id() {
            global = ByteBuffer.allocate(64)
                    .putLong(IDS.incrementAndGet())
                    .putLong(20, -2)
                    .array();
            qualifier = ByteBuffer.allocate(64).putLong(50, 77).array();
        }

        @Override
        public int getFormatId() {
            return 0x41474E41;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return global.clone();
        }

        @Override
        public byte[] getBranchQualifier() {
            return qualifier.clone();
        }

        boolean is(Xid other) {
            return other.getFormatId() == getFormatId()
                    && Arrays.equals(other.getGlobalTransactionId(), global)
                    && Arrays.equals(other.getBranchQualifier(), qualifier);
        }
    }

    private void sendInBranch(String... texts) throws JMSException {
        for (String text : texts) {
            try (var producer = worker.createProducer(queue)) {
                producer.send(worker.createTextMessage(text));
            }
        }
    }

    private Id branchWith(String... texts) throws Exception {
        Id id = new Id();
        resource.start(id, TMNOFLAGS);
        sendInBranch(texts);
        resource.end(id, TMSUCCESS);
        return id;
    }

    private boolean isInDoubt(Id id) throws Exception {
        return Arrays.stream(resource.recover(TMSTARTRSCAN | TMENDRSCAN)).anyMatch(id::is);
    }

    private static void assertCode(int code, Step step) {
        assertThatThrownBy(step::run).isInstanceOfSatisfying(XAException.class, error -> assertThat(error.errorCode)
                .isEqualTo(code));
    }

    private MessageConsumer consumer() throws JMSException {
        return session.createConsumer(queue);
    }

    // ---- the objects

    @Test
    void the_session_of_a_manager_says_that_it_is_transacted_and_ends_no_transaction_itself() throws Exception {
        assertThat(worker.getTransacted()).isTrue();
        assertThat(worker.getSession()).isNotNull();
        assertThatThrownBy(worker::commit).isInstanceOf(TransactionInProgressException.class);
        assertThatThrownBy(worker::rollback).isInstanceOf(TransactionInProgressException.class);
        assertThatThrownBy(worker::recover).isInstanceOf(IllegalStateException.class);
        XAJMSContext context = closing(provider().xaFactory().createXAContext());
        assertThat(context.getTransacted()).isTrue();
        assertThat(context.getContext()).isNotNull();
        assertThat(context.getXAResource()).isNotNull();
        assertThatThrownBy(context::commit).isInstanceOf(TransactionInProgressRuntimeException.class);
        assertThatThrownBy(context::rollback).isInstanceOf(TransactionInProgressRuntimeException.class);
        assertThatThrownBy(context::recover).isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void the_older_interfaces_have_sessions_for_managers_as_well() throws Exception {
        Topic topic = topic();
        XAConnectionFactory factory = provider().xaFactory();
        Assumptions.assumeTrue(factory instanceof XAQueueConnectionFactory);
        XAQueueConnection queues = closing(((XAQueueConnectionFactory) factory).createXAQueueConnection());
        XATopicConnection topics = closing(((XATopicConnectionFactory) factory).createXATopicConnection());
        queues.start();
        topics.start();
        var queueSession = queues.createXAQueueSession();
        var topicSession = topics.createXATopicSession();
        var subscriber = topicSession.getTopicSession().createSubscriber(topic);
        Id id = new Id();
        Id other = new Id();
        queueSession.getXAResource().start(id, TMNOFLAGS);
        topicSession.getXAResource().start(other, TMNOFLAGS);
        queueSession.getQueueSession().createSender(queue).send(queueSession.createTextMessage("q"));
        topicSession.getTopicSession().createPublisher(topic).publish(topicSession.createTextMessage("t"));
        queueSession.getXAResource().end(id, TMSUCCESS);
        topicSession.getXAResource().end(other, TMSUCCESS);
        queueSession.getXAResource().commit(id, true);
        topicSession.getXAResource().commit(other, true);
        assertThat(text(receive(consumer()))).isEqualTo("q");
        assertThat(text(receive(subscriber))).isEqualTo("t");
        assertThatThrownBy(() -> queueSession.getQueueSession().createTopic("x"))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void connections_to_one_server_are_the_same_resource_manager() throws Exception {
        XAConnection second = closing(provider().xaFactory().createXAConnection());
        XAResource other = second.createXASession().getXAResource();
        assertThat(resource.isSameRM(resource)).isTrue();
        assertThat(resource.isSameRM(other)).isTrue();
        assertThat(other.isSameRM(resource)).isTrue();
    }

    // ---- visibility

    @Test
    void what_is_sent_in_a_branch_is_there_after_its_commit_and_not_before() throws Exception {
        MessageConsumer consumer = consumer();
        Id id = branchWith("a", "b");
        assertNothingFor(consumer);
        assertThat(resource.prepare(id)).isEqualTo(XA_OK);
        assertNothingFor(consumer);
        resource.commit(id, false);
        assertThat(texts(consumer, 2)).containsExactly("a", "b");
        assertNothingFor(consumer);
    }

    @Test
    void what_is_sent_in_a_branch_that_is_rolled_back_is_never_there() throws Exception {
        MessageConsumer consumer = consumer();
        Id unprepared = branchWith("a");
        resource.rollback(unprepared);
        Id prepared = branchWith("b");
        resource.prepare(prepared);
        resource.rollback(prepared);
        send(queue, "c");
        assertThat(text(receive(consumer))).isEqualTo("c");
        assertNothingFor(consumer);
    }

    @Test
    void what_is_received_in_a_branch_is_settled_by_its_commit() throws Exception {
        send(queue, "a", "b");
        MessageConsumer inBranch = worker.createConsumer(queue);
        Id id = new Id();
        resource.start(id, TMNOFLAGS);
        assertThat(texts(inBranch, 2)).containsExactly("a", "b");
        resource.end(id, TMSUCCESS);
        assertThat(resource.prepare(id)).isEqualTo(XA_OK);
        inBranch.close();
        assertNothingFor(consumer());
        resource.commit(id, false);
        assertNothingFor(consumer());
    }

    @Test
    void what_is_received_in_a_branch_that_is_rolled_back_comes_again_with_a_higher_count() throws Exception {
        send(queue, "a", "b");
        MessageConsumer inBranch = worker.createConsumer(queue);
        for (boolean prepared : new boolean[] {false, true}) {
            Id id = new Id();
            resource.start(id, TMNOFLAGS);
            texts(inBranch, 2);
            resource.end(id, TMSUCCESS);
            if (prepared) {
                resource.prepare(id);
            }
            resource.rollback(id);
        }
        inBranch.close();
        assertThat(deliveries(consumer(), 2)).containsExactly("a again 3", "b again 3");
    }

    @Test
    void receiving_and_sending_in_one_branch_happen_together_in_one_phase() throws Exception {
        send(queue, "in");
        Queue out = queue();
        MessageConsumer inBranch = worker.createConsumer(queue);
        Id id = new Id();
        resource.start(id, TMNOFLAGS);
        Message in = receive(inBranch);
        worker.createProducer(out).send(worker.createTextMessage(text(in) + " and out"));
        resource.end(id, TMSUCCESS);
        resource.commit(id, true);
        inBranch.close();
        assertNothingFor(consumer());
        assertThat(text(receive(session.createConsumer(out)))).isEqualTo("in and out");
    }

    // ---- outside of branches

    @Test
    void outside_of_branches_everything_takes_effect_at_once() throws Exception {
        sendInBranch("a");
        MessageConsumer consumer = worker.createConsumer(queue);
        assertThat(text(receive(consumer))).isEqualTo("a");
        Id id = branchWith("b");
        sendInBranch("c");
        assertThat(text(receive(consumer))).isEqualTo("c");
        resource.rollback(id);
        worker.close();
        assertNothingFor(consumer());
    }

    @Test
    void a_listener_acknowledges_by_itself_outside_of_branches() throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        MessageConsumer consumer = worker.createConsumer(queue);
        consumer.setMessageListener(message -> {
            try {
                seen.complete(text(message));
            } catch (JMSException failed) {
                seen.completeExceptionally(failed);
            }
        });
        send(queue, "a");
        assertThat(seen.get(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("a");
        worker.close();
        assertNothingFor(consumer());
    }

    // ---- several branches and sessions

    @Test
    void suspended_branches_and_others_alternate_on_one_session() throws Exception {
        send(queue, "1", "2", "3");
        MessageConsumer inBranch = worker.createConsumer(queue);
        Id first = new Id();
        Id second = new Id();
        resource.start(first, TMNOFLAGS);
        assertThat(text(receive(inBranch))).isEqualTo("1");
        resource.end(first, TMSUSPEND);
        resource.start(second, TMNOFLAGS);
        assertThat(text(receive(inBranch))).isEqualTo("2");
        resource.end(second, TMSUSPEND);
        assertThat(text(receive(inBranch))).as("outside of both").isEqualTo("3");
        resource.start(first, TMRESUME);
        sendInBranch("of the first");
        resource.end(first, TMSUCCESS);
        resource.end(second, TMSUCCESS);
        assertThat(resource.prepare(first)).isEqualTo(XA_OK);
        assertThat(resource.prepare(second)).isEqualTo(XA_OK);
        resource.commit(first, false);
        resource.rollback(second);
        inBranch.close();
        MessageConsumer consumer = consumer();
        assertThat(texts(consumer, 2)).containsExactlyInAnyOrder("2", "of the first");
        assertNothingFor(consumer);
    }

    @Test
    void sessions_of_several_connections_work_in_one_branch() throws Exception {
        XAConnection second = closing(provider().xaFactory().createXAConnection());
        XASession other = second.createXASession();
        Id id = new Id();
        resource.start(id, TMNOFLAGS);
        other.getXAResource().start(id, TMJOIN);
        sendInBranch("a");
        other.createProducer(queue).send(other.createTextMessage("b"));
        resource.end(id, TMSUCCESS);
        other.getXAResource().end(id, TMSUCCESS);
        assertThat(resource.prepare(id)).isEqualTo(XA_OK);
        other.getXAResource().commit(id, false);
        assertThat(texts(consumer(), 2)).containsExactly("a", "b");
    }

    // ---- who ends a branch

    @Test
    void a_branch_without_work_is_read_only_and_over() throws Exception {
        Id id = branchWith();
        assertThat(resource.prepare(id)).isEqualTo(XA_RDONLY);
        assertThat(isInDoubt(id)).isFalse();
        assertCode(XAException.XAER_NOTA, () -> resource.commit(id, false));
        Id second = branchWith();
        resource.commit(second, true);
    }

    @Test
    void a_prepared_branch_stays_when_its_connection_is_closed_and_others_find_and_decide_it() throws Exception {
        send(queue, "in");
        MessageConsumer inBranch = worker.createConsumer(queue);
        Id id = new Id();
        resource.start(id, TMNOFLAGS);
        receive(inBranch);
        sendInBranch("out");
        resource.end(id, TMSUCCESS);
        resource.prepare(id);
        xa.close();
        MessageConsumer consumer = consumer();
        assertNothingFor(consumer);
        assertCode(XAException.XAER_RMFAIL, () -> resource.commit(id, false));
        resource = closing(provider().xaFactory().createXAConnection())
                .createXASession()
                .getXAResource();
        assertThat(isInDoubt(id)).isTrue();
        CompletableFuture.runAsync(() -> {
                    try {
                        resource.commit(id, false);
                    } catch (XAException failed) {
                        throw new AssertionError(failed);
                    }
                })
                .get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        assertThat(isInDoubt(id)).isFalse();
        assertThat(text(receive(consumer))).isEqualTo("out");
        assertNothingFor(consumer);
    }

    @Test
    void a_session_that_is_closed_leaves_what_it_has_ended() throws Exception {
        Id ended = branchWith("a");
        Id working = new Id();
        resource.start(working, TMNOFLAGS);
        sendInBranch("b");
        worker.close();
        assertThatThrownBy(() -> resource.end(working, TMSUCCESS))
                .isInstanceOfSatisfying(XAException.class, error -> assertThat(error.errorCode)
                        .isBetween(XAException.XA_RBBASE, XAException.XA_RBEND));
        resource.rollback(working);
        assertThat(resource.prepare(ended)).isEqualTo(XA_OK);
        resource.commit(ended, false);
        MessageConsumer consumer = consumer();
        assertThat(text(receive(consumer))).isEqualTo("a");
        assertNothingFor(consumer);
    }

    @Test
    void a_branch_is_unknown_after_its_end_and_what_is_unknown_is_not_decided() throws Exception {
        Id committed = branchWith("a");
        resource.prepare(committed);
        resource.commit(committed, false);
        Id rolledBack = branchWith("b");
        resource.rollback(rolledBack);
        for (Id id : new Id[] {committed, rolledBack, new Id()}) {
            assertCode(XAException.XAER_NOTA, () -> resource.prepare(id));
            assertCode(XAException.XAER_NOTA, () -> resource.commit(id, false));
            assertCode(XAException.XAER_NOTA, () -> resource.commit(id, true));
            assertCode(XAException.XAER_NOTA, () -> resource.rollback(id));
            assertCode(XAException.XAER_NOTA, () -> resource.forget(id));
            assertCode(XAException.XAER_NOTA, () -> resource.end(id, TMSUCCESS));
            assertCode(XAException.XAER_NOTA, () -> resource.start(id, TMJOIN));
            assertCode(XAException.XAER_NOTA, () -> resource.start(id, TMRESUME));
        }
        assertThat(text(receive(consumer()))).isEqualTo("a");
    }

    @Test
    void work_that_fails_dooms_its_branch() throws Exception {
        send(queue, "in");
        MessageConsumer inBranch = worker.createConsumer(queue);
        Id id = branchWith("out");
        resource.start(id, TMJOIN);
        receive(inBranch);
        resource.end(id, TMFAIL);
        assertCode(XAException.XA_RBROLLBACK, () -> resource.prepare(id));
        assertCode(XAException.XAER_NOTA, () -> resource.rollback(id));
        inBranch.close();
        MessageConsumer consumer = consumer();
        assertThat(delivery(receive(consumer))).isEqualTo("in again 2");
        assertNothingFor(consumer);
    }

    @Test
    void who_knows_nothing_of_the_end_of_his_branch_does_not_go_on_outside_of_it() throws Exception {
        Id id = new Id();
        resource.start(id, TMNOFLAGS);
        sendInBranch("a");
        CompletableFuture.runAsync(() -> {
                    try {
                        resource.end(id, TMFAIL);
                        resource.rollback(id);
                    } catch (XAException failed) {
                        throw new AssertionError(failed);
                    }
                })
                .get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        assertThatThrownBy(() -> sendInBranch("b")).isInstanceOf(IllegalStateException.class);
        Id next = branchWith("c");
        resource.commit(next, true);
        MessageConsumer consumer = consumer();
        assertThat(text(receive(consumer))).isEqualTo("c");
        assertNothingFor(consumer);
    }

    @Test
    void a_branch_whose_time_is_over_is_rolled_back() throws Exception {
        assertThat(resource.setTransactionTimeout(1)).isTrue();
        Id id = branchWith("a");
        resource.setTransactionTimeout(0);
        org.awaitility.Awaitility.await()
                .atMost(WAIT_MILLIS, TimeUnit.MILLISECONDS)
                .untilAsserted(() -> assertCode(XAException.XA_RBTIMEOUT, () -> {
                    resource.start(id, TMJOIN);
                    resource.end(id, TMSUCCESS);
                }));
        assertCode(XAException.XA_RBTIMEOUT, () -> resource.prepare(id));
        assertNothingFor(consumer());
    }

    @Test
    void an_ordinary_session_of_the_connection_works_in_no_branch() throws Exception {
        Session plain = xa.createSession();
        Id id = new Id();
        resource.start(id, TMNOFLAGS);
        plain.createProducer(queue).send(plain.createTextMessage("a"));
        assertThat(text(receive(consumer()))).isEqualTo("a");
        resource.end(id, TMSUCCESS);
        resource.rollback(id);
    }
}
