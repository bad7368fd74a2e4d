// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Branches with messages on several brokers: prepared on each, decided on each, and not over before all have heard of it. */
@Timeout(300)
class XaClusterTest {

    private static final int WAIT_MILLIS = 60_000;

    @TempDir
    private Path folder;

    private EmbeddedCluster cluster;
    private XAConnection connection;
    private XASession session;
    private XAResource resource;
    private Queue in;
    private Queue out;

    private record Id(byte number) implements Xid {
        @Override
        public int getFormatId() {
            return 1;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return new byte[] {number};
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[0];
        }
    }

    @BeforeEach
    void start() throws Exception {
        cluster = new EmbeddedCluster(folder, "broker-a", "broker-b");
        connect();
        in = session.createQueue(cluster.nameOn("broker-a", "in"));
        out = session.createQueue(cluster.nameOn("broker-b", "out"));
        session.createProducer(in).send(session.createTextMessage("m"));
        session.createProducer(out).close();
    }

    private void connect() throws JMSException {
        connection = cluster.xaFactory("?reconnectTimeout=500").createXAConnection();
        connection.start();
        session = connection.createXASession();
        resource = session.getXAResource();
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        cluster.close();
    }

    /** Takes the message from the one broker to the other. */
    private Id branch(int number) throws Exception {
        Id id = new Id((byte) number);
        resource.start(id, XAResource.TMNOFLAGS);
        try (MessageConsumer consumer = session.createConsumer(in)) {
            session.createProducer(out).send(consumer.receive(WAIT_MILLIS));
        }
        resource.end(id, XAResource.TMSUCCESS);
        return id;
    }

    private List<String> take(Queue queue) throws JMSException {
        try (Connection plain = cluster.factory("").createConnection();
                Session its = plain.createSession()) {
            plain.start();
            MessageConsumer consumer = its.createConsumer(queue);
            List<String> texts = new ArrayList<>();
            for (Message next = consumer.receiveNoWait(); next != null; next = consumer.receiveNoWait()) {
                texts.add(((TextMessage) next).getText());
            }
            return texts;
        }
    }

    private Xid[] inDoubt() throws XAException {
        return resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN);
    }

    @Test
    void a_branch_over_two_brokers_is_committed_and_rolled_back_as_one() throws Exception {
        resource.rollback(branch(1));
        Id second = branch(2);
        resource.prepare(second);
        assertThat(inDoubt()).hasSize(1);
        resource.rollback(second);
        Id third = branch(3);
        resource.prepare(third);
        assertThat(take(out)).isEmpty();
        resource.commit(third, false);
        assertThat(take(in)).isEmpty();
        assertThat(take(out)).containsExactly("m");
        assertThat(inDoubt()).isEmpty();
    }

    @Test
    void in_one_phase_as_well() throws Exception {
        resource.commit(branch(1), true);
        assertThat(take(in)).isEmpty();
        assertThat(take(out)).containsExactly("m");
        assertThat(inDoubt()).isEmpty();
    }

    @Test
    void the_decision_waits_for_a_broker_that_is_away_and_a_new_client_finds_what_is_left_of_it() throws Exception {
        Id id = branch(1);
        resource.prepare(id);
        cluster.stop("broker-b");
        assertThatThrownBy(() -> resource.commit(id, false))
                .isInstanceOfSatisfying(
                        XAException.class, error -> assertThat(error.errorCode).isEqualTo(XAException.XAER_RMFAIL));
        cluster.start("broker-b");
        connection.close();
        connect();
        assertThat(inDoubt()).hasSize(1);
        resource.commit(id, false);
        assertThat(take(in)).isEmpty();
        assertThat(take(out)).containsExactly("m");
        assertThat(inDoubt()).isEmpty();
    }
}
