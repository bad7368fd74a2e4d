// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.broker.delivery.FakeConnection.Delivered;
import io.agenamq.protocol.Seeds;
import java.io.IOException;
import java.nio.file.Path;
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

/** Many consumers on one queue, each with a text of its own for the same property. */
class HashLanesTest {

    private static final int MANY = 200;

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

    private List<AttachedConsumer> attachMany(int credit) {
        List<AttachedConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            consumers.add(queue.attach("colour = 'c" + i + "'", credit));
        }
        queue.look();
        queue.look();
        return consumers;
    }

    @Test
    void a_message_is_read_once_for_all_of_them_and_once_for_the_one_that_gets_it() {
        List<AttachedConsumer> consumers = attachMany(10);
        int before = queue.recordsRead;

        for (int i = 0; i < MANY; i++) {
            queue.send("c" + i);
        }

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::consumer)
                .containsExactlyElementsOf(
                        consumers.stream().map(consumer -> consumer.id).toList());
        assertThat(queue.recordsRead - before).isLessThanOrEqualTo(2 * MANY);
    }

    @Test
    void what_nobody_wants_waits_for_somebody_who_comes_later() {
        attachMany(10);
        queue.send("other");
        assertThat(queue.connection.takeDelivered()).isEmpty();

        queue.attach("colour = 'other'", 1);

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::offset)
                .containsExactly(0L);
    }

    @Test
    void what_comes_back_finds_its_consumer_again() {
        List<AttachedConsumer> consumers = attachMany(10);
        queue.send("c7");
        queue.send("c7");
        queue.connection.takeDelivered();

        queue.release(consumers.get(7), 1, true, 10);

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::offset, Delivered::deliveryNumber)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(0L, 2), org.assertj.core.api.Assertions.tuple(1L, 1));
    }

    @Test
    void a_consumer_whose_messages_pile_up_gets_all_of_them_in_order() {
        List<AttachedConsumer> consumers = attachMany(0);
        AttachedConsumer slow = consumers.get(3);
        queue.credit(slow, 1);
        for (AttachedConsumer consumer : consumers) {
            if (consumer != slow) {
                queue.credit(consumer, 1000);
            }
        }
        queue.look();
        queue.look();
        int count = 5000;
        for (int i = 0; i < count; i++) {
            queue.send("c3");
        }
        queue.send("c4");
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::offset)
                .containsExactly(0L, (long) count);

        queue.credit(slow, count);

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::offset)
                .hasSize(count - 1)
                .isSorted();
    }

    // ---- any history

    private static final int COLOURS = 40;

    private static final class Client {
        final AttachedConsumer attached;
        final String colour;
        final TreeMap<Long, Long> inFlight = new TreeMap<>(); // sequence → offset
        int credit;
        boolean gone;

        Client(AttachedConsumer attached, String colour, int credit) {
            this.attached = attached;
            this.colour = colour;
            this.credit = credit;
        }
    }

    private final class History {
        final Random random;
        final List<String> colours = new ArrayList<>();
        final List<Boolean> free = new ArrayList<>();
        final Map<Integer, Client> clients = new HashMap<>();

        History(Random random) {
            this.random = random;
        }

        private String colour() {
            return "c" + random.nextInt(COLOURS);
        }

        void step() {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> {
                    for (int i = random.nextInt(8); i > 0; i--) {
                        String colour = colour();
                        colours.add(colour);
                        free.add(true);
                        queue.send(colour);
                        received();
                    }
                }
                case 3, 4 -> {
                    String colour = colour();
                    int credit = random.nextInt(20);
                    String more = random.nextInt(4) == 0 ? " AND 1 = 1" : "";
                    AttachedConsumer attached = queue.attach("colour = '" + colour + "'" + more, 0);
                    clients.put(attached.id, new Client(attached, colour, credit));
                    queue.credit(attached, credit);
                }
                case 5 ->
                    withClient(client -> {
                        int more = random.nextInt(5);
                        client.credit += client.gone ? 0 : more;
                        queue.credit(client.attached, more);
                    });
                case 6, 7 ->
                    withClient(client -> {
                        if (!client.inFlight.isEmpty()) {
                            long to = client.inFlight.firstKey() + random.nextInt(3);
                            client.inFlight.headMap(to, true).clear();
                            queue.acknowledge(client.attached, 0, to);
                        }
                    });
                case 8 ->
                    withClient(client -> {
                        giveBack(client);
                        client.credit = client.gone ? 0 : random.nextInt(5);
                        queue.release(client.attached, Long.MAX_VALUE - 1, true, client.credit);
                    });
                default ->
                    withClient(client -> {
                        if (!client.gone) {
                            giveBack(client);
                            client.gone = true;
                            client.credit = 0;
                            clients.remove(client.attached.id);
                            queue.detach(client.attached, Long.MAX_VALUE - 1, true);
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

        private void giveBack(Client client) {
            client.inFlight.values().forEach(offset -> free.set((int) (long) offset, true));
            client.inFlight.clear();
        }

        private void received() {
            for (Delivered delivered : queue.connection.takeDelivered()) {
                Client client = clients.get(delivered.consumer());
                assertThat(client).as("the receiver of %s", delivered).isNotNull();
                assertThat(colours.get((int) delivered.offset())).isEqualTo(client.colour);
                assertThat(free.get((int) delivered.offset()))
                        .as("%s was free", delivered)
                        .isTrue();
                free.set((int) delivered.offset(), false);
                client.credit--;
                client.inFlight.put(delivered.sequence(), delivered.offset());
            }
            for (int offset = 0; offset < colours.size(); offset++) {
                for (Client client : clients.values()) {
                    if (free.get(offset) && client.colour.equals(colours.get(offset))) {
                        assertThat(client.credit)
                                .as("credit of %s while %s waits", client.attached.id, offset)
                                .isZero();
                    }
                }
            }
        }
    }

    @Test
    void in_any_history_no_message_waits_while_somebody_wants_it() {
        Seeds.forEach(15, random -> {
            try {
                queue.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            open();
            History history = new History(random);
            for (int i = 0; i < 300; i++) {
                history.step();
            }
        });
    }
}
