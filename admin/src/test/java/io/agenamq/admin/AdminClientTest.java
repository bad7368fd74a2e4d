// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.admin.AdminClient.Pulled;
import io.agenamq.protocol.command.SendMessageResponse;
import io.agenamq.protocol.record.MessageId;
import io.agenamq.protocol.record.PropertyNames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminClientTest {
    private final FakeCluster cluster = new FakeCluster().with("prices", 2);
    private final AdminClient admin = AdminClient.of(cluster.nameServer());

    @AfterEach
    void close() {
        admin.close();
        cluster.close();
    }

    @Test
    void system_retry_and_dead_letter_topics_are_listed_only_on_demand() {
        assertThat(admin.topics(false)).extracting(TopicStatus::name).containsExactly("prices");
        assertThat(admin.topics(true))
                .extracting(TopicStatus::name)
                .containsExactly("%RETRY%billing", "TBW102", "prices");
    }

    @Test
    void a_queue_is_created_with_one_message_queue_and_its_kind() {
        List<String> brokers = admin.createTopic(TopicSpec.queue("orders"));

        assertThat(brokers).containsExactly("broker-a");
        assertThat(admin.topic("orders"))
                .isEqualTo(new TopicStatus("orders", TopicKind.QUEUE, List.of("broker-a"), 1, true, true));
    }

    @Test
    void a_name_is_not_given_twice() {
        assertThatThrownBy(() -> admin.createTopic(TopicSpec.queue("prices")))
                .isInstanceOf(AdminException.class)
                .hasMessage("topic 'prices' exists already, as native; delete it first, or use another name");
    }

    @Test
    void a_refusal_carries_the_brokers_words_and_code() {
        assertThatThrownBy(() -> admin.createTopic(TopicSpec.queue("a/b")))
                .hasMessage("creating topic 'a/b' on broker-a: the topic 'a/b' has an illegal character (code 29)");
    }

    @Test
    void a_missing_topic_is_named_with_what_to_do() {
        assertThatThrownBy(() -> admin.queues("nope"))
                .hasMessage("topic 'nope' does not exist; 'agena topic list' shows what there is, 'agena topic create"
                        + " nope' makes it");
    }

    @Test
    void a_deleted_topic_is_gone() {
        admin.deleteTopic("prices");

        assertThat(admin.topics(false)).isEmpty();
    }

    @Test
    void the_next_name_server_is_asked_when_one_is_silent() {
        try (AdminClient other = AdminClient.of("127.0.0.1:1;" + cluster.nameServer())) {
            assertThat(other.topics(false)).hasSize(1);
        }
    }

    @Test
    void silence_of_all_name_servers_says_so() {
        try (AdminClient nobody = AdminClient.of("127.0.0.1:1, 127.0.0.1:2")) {
            assertThatThrownBy(() -> nobody.topics(false))
                    .isInstanceOf(AdminException.class)
                    .hasMessage("no name server answers at 127.0.0.1:1 (connection refused), 127.0.0.1:2 (connection"
                            + " refused); start one with 'agena start', or say where it is with --namesrv");
        }
    }

    @Test
    void an_address_that_is_none_is_refused_before_anything_is_asked() {
        assertThatThrownBy(() -> AdminClient.of("localhost")).hasMessageContaining("expected host:port");
        assertThatThrownBy(() -> AdminClient.of(" ; ")).hasMessageContaining("no name server given");
    }

    @Test
    void what_is_sent_is_pulled_in_order_with_all_it_carries() {
        QueueAddress queue = admin.queueAddresses("prices").get(1);
        admin.send(queue, Map.of("colour", "blue", PropertyNames.TAGS, "new"), "grüße".getBytes(UTF_8), false);
        admin.send(queue, Map.of(), "second".getBytes(UTF_8), true);

        Pulled first = admin.pull(queue, 0, 1, Duration.ZERO);
        Pulled rest = admin.pull(queue, first.next(), 10, Duration.ZERO);
        Pulled nothing = admin.pull(queue, rest.next(), 10, Duration.ZERO);

        assertThat(first.messages()).singleElement().satisfies(message -> {
            assertThat(message.text()).isEqualTo("grüße");
            assertThat(message.tags()).isEqualTo("new");
            assertThat(message.properties()).containsEntry("colour", "blue");
            assertThat(message.offset()).isZero();
            assertThat(message.queueId()).isEqualTo(1);
        });
        assertThat(rest.messages()).extracting(StoredMessage::text).containsExactly("second");
        assertThat(nothing.messages()).isEmpty();
        assertThat(admin.maxOffset(queue)).isEqualTo(2);
    }

    @Test
    void a_query_leaves_out_what_only_shares_the_hash() {
        QueueAddress queue = admin.queueAddresses("prices").get(0);
        admin.send(queue, Map.of(PropertyNames.KEYS, "o-1 o-2"), "wanted".getBytes(UTF_8), false);
        admin.send(queue, Map.of(PropertyNames.KEYS, "o-3"), "alike".getBytes(UTF_8), false);

        assertThat(admin.query("prices", "o-2", false, 10))
                .extracting(StoredMessage::text)
                .containsExactly("wanted");
        assertThat(admin.query("prices", "o-9", false, 10)).isEmpty();
    }

    @Test
    void a_message_is_found_by_its_offset_id() {
        QueueAddress queue = admin.queueAddresses("prices").get(0);
        SendMessageResponse sent = admin.send(queue, Map.of(), "here".getBytes(UTF_8), false);
        MessageId id = MessageId.parse(sent.msgId());

        assertThat(admin.message("prices", id)).extracting(StoredMessage::text).containsExactly("here");
        assertThat(admin.message("prices", new MessageId(id.storeHost(), id.position() + 1)))
                .isEmpty();
    }

    @Test
    void a_group_begins_nowhere_and_is_then_where_it_was_put() {
        QueueAddress queue = admin.queueAddresses("prices").get(0);

        assertThat(admin.groupOffset("billing", queue)).isEqualTo(-1);

        admin.commitGroupOffset("billing", queue, 7);

        assertThat(admin.groupOffset("billing", queue)).isEqualTo(7);
        assertThat(admin.groupMembers("billing", queue)).isEmpty();
    }
}
