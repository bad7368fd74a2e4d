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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arbitrary histories of a queue, crashes included, against the plainest description of what a queue is. */
class QueueDeliveryModelTest {

    private static final String[] COLOURS = {"red", "green", "blue"};

    @TempDir
    private Path folder;

    private int run;

    private static final class Message {
        final String colour;
        boolean settled;
        Held held;
        int seen;

        Message(String colour) {
            this.colour = colour;
        }

        boolean isReady() {
            return !settled && held == null;
        }
    }

    /** A message in flight. */
    private record Held(Client client, long sequence) {}

    private static final class Client {
        final AttachedConsumer attached;
        final String colour; // null: any
        final TreeMap<Long, Long> inFlight = new TreeMap<>(); // sequence → offset
        int credit;
        boolean gone;

        Client(AttachedConsumer attached, String colour, int credit) {
            this.attached = attached;
            this.colour = colour;
            this.credit = credit;
        }

        boolean wants(Message message) {
            return !gone && (colour == null || colour.equals(message.colour));
        }
    }

    private final class History {
        final Random random;
        final QueueBench queue = new QueueBench(folder.resolve("store" + run++));
        final List<Message> messages = new ArrayList<>();
        final Map<Integer, Client> clients = new HashMap<>();
        long mark;
        long recoveredMark;

        History(Random random) {
            this.random = random;
        }

        void step() {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> send();
                case 3 -> attach();
                case 4 ->
                    withClient(client -> {
                        int more = random.nextInt(8);
                        client.credit += more;
                        queue.credit(client.attached, more);
                    });
                case 5, 6, 7 -> withClient(this::acknowledge);
                case 8 -> withClient(this::release);
                case 9 -> withClient(this::detach);
                case 10 -> {
                    if (random.nextInt(6) == 0) {
                        queue.kill();
                        afterStart();
                    }
                }
                default -> {
                    if (random.nextInt(6) == 0) {
                        queue.restart();
                        afterStart();
                    }
                }
            }
            received();
        }

        private void send() {
            for (int i = random.nextInt(random.nextInt(20) == 0 ? 400 : 6); i >= 0; i--) {
                String colour = COLOURS[random.nextInt(COLOURS.length)];
                messages.add(new Message(colour));
                queue.send(colour);
                received();
            }
        }

        private void attach() {
            String colour = random.nextBoolean() ? null : COLOURS[random.nextInt(COLOURS.length)];
            int credit = random.nextInt(10);
            AttachedConsumer attached = queue.attach(colour == null ? null : "colour = '" + colour + "'", credit);
            clients.put(attached.id, new Client(attached, colour, credit));
        }

        private void withClient(java.util.function.Consumer<Client> action) {
            if (!clients.isEmpty()) {
                action.accept(new ArrayList<>(clients.values()).get(random.nextInt(clients.size())));
            }
        }

        private long randomSequence(Client client) {
            return client.inFlight.isEmpty()
                    ? random.nextInt(5)
                    : client.inFlight.firstKey()
                            + random.nextInt((int) (client.inFlight.lastKey() - client.inFlight.firstKey() + 2));
        }

        private void acknowledge(Client client) {
            long to = randomSequence(client);
            long from = random.nextBoolean() ? 0 : to - random.nextInt(3);
            var settled = client.inFlight.subMap(from, true, Math.max(from, to), true);
            settled.values().forEach(offset -> {
                Message message = messages.get((int) (long) offset);
                message.settled = true;
                message.held = null;
            });
            settled.clear();
            queue.acknowledge(client.attached, from, Math.max(from, to));
        }

        private void release(Client client) {
            long seen = randomSequence(client);
            boolean all = random.nextBoolean();
            giveBack(client, seen, all);
            client.credit = client.gone ? 0 : random.nextInt(6);
            queue.release(client.attached, seen, all, client.credit);
        }

        private void detach(Client client) {
            long seen = randomSequence(client);
            boolean all = random.nextBoolean();
            giveBack(client, seen, all);
            client.gone = true;
            client.credit = 0;
            queue.detach(client.attached, seen, all);
            if (client.inFlight.isEmpty()) {
                clients.remove(client.attached.id);
            }
        }

        private void giveBack(Client client, long seen, boolean all) {
            client.inFlight.entrySet().removeIf(entry -> {
                if (!all && entry.getKey() <= seen) {
                    return false;
                }
                Message message = messages.get((int) (long) entry.getValue());
                message.held = null;
                if (entry.getKey() <= seen) {
                    message.seen = expectedNumber(entry.getValue());
                }
                return true;
            });
        }

        private int expectedNumber(long offset) {
            int known = messages.get((int) offset).seen;
            return 1 + Math.max(known, offset < recoveredMark ? 1 : 0);
        }

        private void afterStart() {
            clients.clear();
            messages.forEach(message -> message.held = null);
            recoveredMark = mark;
        }

        /** Checks everything that was delivered since the last call. */
        private void received() {
            Map<Client, Long> highest = new HashMap<>();
            for (Delivered delivered : queue.connection.takeDelivered()) {
                Client client = clients.get(delivered.consumer());
                Message message = messages.get((int) delivered.offset());
                assertThat(client).as("the receiver of %s", delivered).isNotNull();
                assertThat(message.isReady()).as("%s was ready", delivered).isTrue();
                assertThat(client.wants(message)).as("%s is wanted", delivered).isTrue();
                assertThat(delivered.deliveryNumber()).isEqualTo(expectedNumber(delivered.offset()));
                message.held = new Held(client, delivered.sequence());
                client.inFlight.put(delivered.sequence(), delivered.offset());
                client.credit--;
                mark = Math.max(mark, delivered.offset() + 1);
                highest.merge(client, delivered.offset(), Math::max);
            }
            for (int offset = 0; offset < messages.size(); offset++) {
                Message message = messages.get(offset);
                if (!message.isReady()) {
                    continue;
                }
                for (Client client : clients.values()) {
                    if (client.wants(message)) {
                        assertThat(client.credit)
                                .as("credit of %s while %s waits", client.attached.id, offset)
                                .isZero();
                        assertThat(highest.getOrDefault(client, -1L))
                                .as("delivered to %s before %s", client.attached.id, offset)
                                .isLessThan(offset);
                    }
                }
            }
        }

        /** In the end one consumer gets everything that is not settled, once and in order. */
        void finish() {
            new ArrayList<>(clients.values()).forEach(client -> {
                giveBack(client, 0, false);
                client.gone = true;
                client.credit = 0;
                queue.detach(client.attached, 0, true);
                received();
            });
            clients.clear();
            List<Long> expected = new ArrayList<>();
            for (long offset = 0; offset < messages.size(); offset++) {
                if (!messages.get((int) offset).settled) {
                    expected.add(offset);
                }
            }
            AttachedConsumer last = queue.attach(null, Integer.MAX_VALUE);
            assertThat(queue.connection.takeDelivered())
                    .extracting(Delivered::offset)
                    .isEqualTo(expected);
            queue.acknowledge(last, 0, Long.MAX_VALUE);
            assertThat(queue.window().cursor().floor()).isEqualTo(messages.size());
            assertThat(queue.window().knowsMoreThanCursor()).isFalse();
        }
    }

    @Test
    void any_history_of_a_queue_delivers_each_message_to_one_consumer_at_a_time_until_it_is_settled() {
        Seeds.forEach(40, random -> {
            History history = new History(random);
            for (int i = 0; i < 150; i++) {
                history.step();
            }
            history.finish();
            try {
                history.queue.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }
}
