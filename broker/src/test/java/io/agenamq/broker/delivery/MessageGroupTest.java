// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.agenamq.broker.delivery.FakeConnection.Delivered;
import io.agenamq.protocol.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages of one group go to one consumer, in order, whatever comes back. */
class MessageGroupTest {

    @TempDir
    private Path folder;

    private int run;
    private QueueBench queue;

    @BeforeEach
    void open() {
        queue = new QueueBench(folder.resolve("store" + run++));
    }

    @AfterEach
    void close() throws IOException {
        queue.close();
    }

    private void send(String... groups) {
        for (String group : groups) {
            queue.sendToGroup(group);
        }
    }

    private List<Long> offsetsOf(AttachedConsumer consumer, List<Delivered> delivered) {
        return delivered.stream()
                .filter(each -> each.consumer() == consumer.id)
                .map(Delivered::offset)
                .toList();
    }

    @Test
    void a_group_belongs_to_the_consumer_that_got_its_first_message() {
        AttachedConsumer first = queue.attach(null, 100);
        AttachedConsumer second = queue.attach(null, 100);

        send("a", "b", "a", "a", "b", "a");

        List<Delivered> delivered = queue.connection.takeDelivered();
        assertThat(offsetsOf(first, delivered)).isIn(List.of(0L, 2L, 3L, 5L), List.of(1L, 4L));
        assertThat(offsetsOf(second, delivered)).isIn(List.of(0L, 2L, 3L, 5L), List.of(1L, 4L));
        assertThat(delivered).hasSize(6);
    }

    @Test
    void messages_without_a_group_go_to_whoever_has_credit_past_a_group_that_waits() {
        AttachedConsumer owner = queue.attach(null, 1);
        send("a");
        AttachedConsumer other = queue.attach(null, 100);
        send("a", null, "a", null);
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset)
                .containsExactly(tuple(owner.id, 0L), tuple(other.id, 2L), tuple(other.id, 4L));

        queue.credit(owner, 10);

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset)
                .containsExactly(tuple(owner.id, 1L), tuple(owner.id, 3L));
    }

    @Test
    void what_comes_back_is_delivered_again_before_what_waits_behind_it() {
        AttachedConsumer owner = queue.attach(null, 2);
        send("a", "a", "a");
        queue.attach(null, 100);
        queue.look();
        queue.connection.takeDelivered();

        queue.release(owner, 2, true, 10);

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset, Delivered::deliveryNumber)
                .containsExactly(tuple(owner.id, 0L, 2), tuple(owner.id, 1L, 2), tuple(owner.id, 2L, 1));
    }

    @Test
    void a_group_waits_while_one_of_its_messages_waits_for_its_redelivery() {
        queue.policy = new RedeliveryPolicy(16, 1000, false);
        AttachedConsumer owner = queue.attach(null, 1);
        send("a", "a", null);
        queue.connection.takeDelivered();

        queue.release(owner, 1, true, 10);
        assertThat(queue.connection.takeDelivered())
                .as("only what is in no group")
                .extracting(Delivered::offset)
                .containsExactly(2L);

        queue.pass(Duration.ofSeconds(1));
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::offset, Delivered::deliveryNumber)
                .containsExactly(tuple(0L, 2), tuple(1L, 1));
    }

    @Test
    void a_consumer_that_goes_leaves_its_groups_to_others_in_order() {
        AttachedConsumer owner = queue.attach(null, 2);
        send("a", "a", "a");
        AttachedConsumer other = queue.attach(null, 100);
        queue.connection.takeDelivered();

        queue.detach(owner, 1, true);

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset)
                .containsExactly(tuple(other.id, 0L), tuple(other.id, 1L), tuple(other.id, 2L));
    }

    @Test
    void a_consumer_that_went_keeps_its_groups_until_it_has_nothing_in_flight() {
        AttachedConsumer owner = queue.attach(null, 2);
        send("a", "a", "a");
        AttachedConsumer other = queue.attach(null, 100);
        queue.connection.takeDelivered();

        queue.detach(owner, 2, false);
        queue.acknowledge(owner, 1, 1);
        assertThat(queue.connection.takeDelivered()).isEmpty();

        queue.acknowledge(owner, 2, 2);
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset)
                .containsExactly(tuple(other.id, 2L));
    }

    @Test
    void a_consumer_that_comes_again_over_another_connection_has_its_groups_still() {
        AttachedConsumer former = queue.attach(null, 1);
        send("a", "a");
        queue.attach(null, 100);
        queue.look();
        queue.connection.takeDelivered();

        AttachedConsumer owner = queue.resume(former);
        send("a");
        assertThat(queue.connection.takeDelivered()).isEmpty();

        queue.release(owner, 0, false, 10);
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset)
                .containsExactly(tuple(owner.id, 0L), tuple(owner.id, 1L), tuple(owner.id, 2L));
    }

    @Test
    void a_message_of_a_group_that_waits_can_be_purged() {
        AttachedConsumer owner = queue.attach(null, 1);
        send("a", "a", "a");
        queue.attach(null, 100);
        queue.look();
        queue.connection.takeDelivered();

        assertThat(queue.sweep(null, null, Long.MAX_VALUE)).isEqualTo(2);
        queue.credit(owner, 10);
        send("a");

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer, Delivered::offset)
                .containsExactly(tuple(owner.id, 3L));
    }

    @Test
    void a_backlog_of_one_group_larger_than_what_may_wait_is_delivered_whole_and_in_order() {
        AttachedConsumer owner = queue.attach(null, 1);
        send("a");
        queue.connection.takeDelivered();
        AttachedConsumer other = queue.attach(null, Integer.MAX_VALUE);
        int count = GroupSlots.WAITING_MAX + 1000;
        for (int i = 0; i < count; i++) {
            send("a");
        }
        send((String) null);
        assertThat(queue.connection.takeDelivered()).isEmpty();

        queue.credit(owner, Integer.MAX_VALUE);

        List<Delivered> delivered = queue.connection.takeDelivered();
        assertThat(offsetsOf(owner, delivered)).hasSize(count).isSorted();
        assertThat(offsetsOf(other, delivered)).containsExactly(count + 1L);
    }

    // ---- any history

    private static final String[] GROUPS = {"a", "b", "c", "d"};

    private static final class Client {
        final AttachedConsumer attached;
        final TreeMap<Long, Long> inFlight = new TreeMap<>(); // sequence → offset
        boolean gone;

        Client(AttachedConsumer attached) {
            this.attached = attached;
        }
    }

    private final class History {
        final Random random;
        final List<String> groups = new ArrayList<>(); // by offset
        final Map<Long, Client> holders = new HashMap<>(); // by offset
        final List<Boolean> settled = new ArrayList<>();
        final Map<Integer, Client> clients = new HashMap<>();

        History(Random random) {
            this.random = random;
        }

        void step() {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> {
                    for (int i = random.nextInt(12); i > 0; i--) {
                        String group = random.nextInt(5) == 0 ? null : GROUPS[random.nextInt(GROUPS.length)];
                        groups.add(group);
                        settled.add(false);
                        queue.sendToGroup(group);
                        received();
                    }
                }
                case 3 -> {
                    if (clients.size() < 6) {
                        AttachedConsumer attached = queue.attach(null, 0);
                        clients.put(attached.id, new Client(attached));
                        queue.credit(attached, random.nextInt(10));
                    }
                }
                case 4, 5 -> withClient(client -> queue.credit(client.attached, random.nextInt(8)));
                case 6, 7 -> withClient(this::acknowledge);
                case 8 ->
                    withClient(client -> {
                        long seen = client.inFlight.isEmpty() ? 0 : client.inFlight.lastKey() - random.nextInt(3);
                        giveBack(client, seen, true);
                        queue.release(client.attached, seen, true, client.gone ? 0 : random.nextInt(6));
                    });
                default ->
                    withClient(client -> {
                        if (!client.gone) {
                            long seen = client.inFlight.isEmpty() ? 0 : client.inFlight.lastKey() - random.nextInt(3);
                            boolean all = random.nextBoolean();
                            giveBack(client, seen, all);
                            client.gone = true;
                            queue.detach(client.attached, seen, all);
                        }
                    });
            }
            received();
        }

        private void withClient(java.util.function.Consumer<Client> action) {
            if (!clients.isEmpty()) {
                action.accept(new ArrayList<>(clients.values()).get(random.nextInt(clients.size())));
            }
        }

        private void acknowledge(Client client) {
            if (client.inFlight.isEmpty()) {
                return;
            }
            long to = client.inFlight.firstKey() + random.nextInt(4);
            var done = client.inFlight.headMap(to, true);
            done.values().forEach(offset -> {
                holders.remove(offset);
                settled.set((int) (long) offset, true);
            });
            done.clear();
            queue.acknowledge(client.attached, 0, to);
        }

        private void giveBack(Client client, long seen, boolean all) {
            client.inFlight.entrySet().removeIf(entry -> {
                boolean back = all || entry.getKey() > seen;
                if (back) {
                    holders.remove(entry.getValue());
                }
                return back;
            });
        }

        private void received() {
            for (Delivered delivered : queue.connection.takeDelivered()) {
                Client client = clients.get(delivered.consumer());
                assertThat(client).isNotNull();
                assertThat(client.gone)
                        .as("the receiver of %s is there", delivered)
                        .isFalse();
                assertThat(holders).as("nobody has %s", delivered).doesNotContainKey(delivered.offset());
                assertThat(settled.get((int) delivered.offset())).isFalse();
                String group = groups.get((int) delivered.offset());
                if (group != null) {
                    for (long before = 0; before < groups.size(); before++) {
                        boolean sameGroup = group.equals(groups.get((int) before));
                        Client holder = holders.get(before);
                        if (sameGroup && holder != null) {
                            assertThat(holder)
                                    .as("%s has %s in flight while %s comes", holder.attached.id, before, delivered)
                                    .isSameAs(client);
                        }
                        if (sameGroup && before < delivered.offset() && !settled.get((int) before)) {
                            assertThat(holder)
                                    .as("%s of the group was not delivered before %s", before, delivered)
                                    .isNotNull();
                        }
                    }
                }
                holders.put(delivered.offset(), client);
                client.inFlight.put(delivered.sequence(), delivered.offset());
            }
        }

        void finish() {
            clients.values().forEach(client -> {
                giveBack(client, 0, true);
                if (client.gone) {
                    queue.release(client.attached, 0, true, 0);
                } else {
                    client.gone = true;
                    queue.detach(client.attached, 0, true);
                }
                received();
            });
            AttachedConsumer last = queue.attach(null, Integer.MAX_VALUE);
            clients.put(last.id, new Client(last));
            List<Long> expected = new ArrayList<>();
            for (long offset = 0; offset < groups.size(); offset++) {
                if (!settled.get((int) offset)) {
                    expected.add(offset);
                }
            }
            assertThat(queue.connection.takeDelivered())
                    .extracting(Delivered::offset)
                    .containsExactlyInAnyOrderElementsOf(expected);
            queue.acknowledge(last, 0, Long.MAX_VALUE);
            assertThat(queue.window().cursor().floor()).isEqualTo(groups.size());
        }
    }

    @Test
    void in_any_history_one_consumer_has_a_group_and_gets_it_in_order() {
        Seeds.forEach(40, random -> {
            try {
                queue.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            open();
            History history = new History(random);
            for (int i = 0; i < 150; i++) {
                history.step();
            }
            history.finish();
        });
    }
}
