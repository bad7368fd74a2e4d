// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.admin.FakeCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterCommandsTest {
    private final FakeCluster cluster = new FakeCluster();
    private Session session = new Session();

    @BeforeEach
    void tellWhereItIs() {
        session.with("NAMESRV_ADDR", cluster.nameServer());
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void a_topic_lives_from_create_to_delete() {
        assertThat(agena("topic", "create", "orders", "--kind", "queue")).isZero();
        assertThat(session.out()).isEqualToIgnoringNewLines("created JMS queue orders on broker-a");

        assertThat(agena("topic", "list")).isZero();
        assertThat(session.out().lines())
                .containsExactly("TOPIC   KIND   QUEUES  BROKERS", "orders  queue       1  broker-a");

        assertThat(agena("topic", "describe", "orders")).isZero();
        assertThat(session.out()).contains("kind    queue", "access  read write", "groups  billing");

        assertThat(agena("topic", "delete", "orders")).isZero();
        assertThat(session.out()).isEqualToIgnoringNewLines("deleted topic orders with 0 stored messages");

        assertThat(agena("topic", "describe", "orders")).isEqualTo(Agena.FAILED);
        assertThat(session.err().lines()).singleElement().asString().contains("'agena topic create orders' makes it");
    }

    @Test
    void a_jms_queue_cannot_have_several_message_queues() {
        int status = agena("topic", "create", "orders", "--kind", "queue", "--queues", "4");

        assertThat(status).isEqualTo(Agena.WRONG_USAGE);
        assertThat(session.err()).contains("--queues is for native topics");
    }

    @Test
    void a_place_to_seek_that_nobody_understands_names_those_there_are() {
        int status = agena("subscription", "seek", "audit", "--to", "yesterday");

        assertThat(status).isEqualTo(Agena.WRONG_USAGE);
        assertThat(session.err()).contains("--to: 'yesterday'", "earliest, last=100");
    }

    @Test
    void an_unknown_kind_names_those_there_are() {
        int status = agena("topic", "create", "orders", "--kind", "stack");

        assertThat(status).isEqualTo(Agena.WRONG_USAGE);
        assertThat(session.err()).contains("'--kind'", "NATIVE, QUEUE, TOPIC");
    }

    @Test
    void a_message_is_sent_browsed_and_found_by_its_key() {
        agena("topic", "create", "orders", "--queues", "1");

        assertThat(agena("message", "send", "orders", "hello", "--key", "o-1", "--property", "colour=blue"))
                .isZero();
        assertThat(session.out()).contains("sent to orders: queue 0 of broker-a, offset 0, id ");

        assertThat(agena("message", "browse", "orders")).isZero();
        assertThat(session.out().lines())
                .contains("topic     orders", "offset    0", "keys      o-1", "property  colour = blue", "hello");

        assertThat(agena("message", "query", "orders", "--key", "o-1", "--json"))
                .isZero();
        assertThat(session.out()).contains("\"offset\":0", "\"body\":\"hello\"").hasLineCount(1);
    }

    @Test
    void a_message_to_a_jms_queue_is_a_text_message() {
        agena("topic", "create", "orders", "--kind", "queue");
        agena("message", "send", "orders", "hello");

        agena("message", "browse", "orders", "--json");

        assertThat(session.out()).contains("\"JMS_AGENA_BODY\":\"text\"");
    }

    @Test
    void a_dash_reads_the_body_from_standard_input() {
        agena("topic", "create", "orders");
        session = new Session().with("NAMESRV_ADDR", cluster.nameServer()).typing("grüße\nfrom a pipe");
        assertThat(session.run("message", "send", "orders", "-")).isZero();

        agena("message", "browse", "orders", "--json");

        assertThat(session.out()).contains("\"body\":\"grüße\\nfrom a pipe\"");
    }

    @Test
    void a_group_receives_each_message_once_and_goes_on_where_it_stopped() {
        agena("topic", "create", "prices", "--queues", "2");
        for (String body : new String[] {"a", "b", "c"}) {
            agena("message", "send", "prices", body);
        }

        assertThat(agena("message", "receive", "prices", "--count", "2", "--json"))
                .isZero();
        String first = session.out();
        assertThat(agena("message", "receive", "prices", "--count", "9", "--wait", "0", "--json"))
                .isZero();
        String second = session.out();
        int third = agena("message", "receive", "prices", "--wait", "0");

        assertThat(first).hasLineCount(2);
        assertThat(first + second)
                .hasLineCount(3)
                .containsOnlyOnce("\"body\":\"a\"")
                .containsOnlyOnce("\"body\":\"b\"")
                .containsOnlyOnce("\"body\":\"c\"");
        assertThat(third).isEqualTo(Agena.FAILED);
        assertThat(session.err()).isEqualToIgnoringNewLines("agena: no message in prices within 0 s");
    }

    @Test
    void a_group_is_for_native_topics() {
        agena("topic", "create", "orders", "--kind", "queue");

        int status = agena("message", "receive", "orders", "--group", "billing");

        assertThat(status).isEqualTo(Agena.WRONG_USAGE);
        assertThat(session.err()).contains("--group is for native topics; orders is a JMS queue");
    }

    @Test
    void a_body_that_is_no_text_does_not_reach_the_terminal() {
        agena("topic", "create", "orders");
        agena("message", "send", "orders", "\u001b[2J");

        agena("message", "browse", "orders");

        assertThat(session.out()).contains("(4 bytes in base64) G1sySg==").doesNotContain("\u001b");
    }

    @Test
    void the_latest_messages_are_the_last_ones() {
        agena("topic", "create", "orders", "--queues", "1");
        for (int i = 0; i < 5; i++) {
            agena("message", "send", "orders", "m" + i);
        }

        agena("message", "browse", "orders", "--from", "latest", "--max", "2");
        assertThat(session.out().lines()).contains("m3", "m4").doesNotContain("m2");

        agena("message", "browse", "orders", "--from", "1", "--max", "2");
        assertThat(session.out().lines()).contains("m1", "m2").doesNotContain("m0", "m3");
    }

    @Test
    void a_time_that_is_none_is_wrong_usage() {
        agena("topic", "create", "orders");

        int status = agena("message", "browse", "orders", "--from", "yesterday");

        assertThat(status).isEqualTo(Agena.WRONG_USAGE);
        assertThat(session.err()).contains("not 'yesterday'");
    }

    @Test
    void what_is_not_found_is_a_failure() {
        agena("topic", "create", "orders");

        assertThat(agena("message", "query", "orders", "--key", "o-9")).isEqualTo(Agena.FAILED);
        assertThat(session.err()).isEqualToIgnoringNewLines("agena: topic 'orders' has no message with key 'o-9'");
    }

    /** Runs one command on a fresh screen. */
    private int agena(String... arguments) {
        session = new Session().with("NAMESRV_ADDR", cluster.nameServer());
        return session.run(arguments);
    }
}
