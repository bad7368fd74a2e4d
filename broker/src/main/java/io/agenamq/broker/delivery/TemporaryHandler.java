// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsCreateTemporaryRequest;
import io.agenamq.protocol.command.JmsDeleteTemporaryRequest;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.MemoryQueue;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves requests about temporary destinations: they begin, they end, and messages are sent to them. On event loops; what concerns consumers is a
 * task of the destination, so that it comes behind what was asked before.
 */
final class TemporaryHandler {

    private static final Logger LOG = LoggerFactory.getLogger(TemporaryHandler.class);

    private final TemporaryDestinations temporaries;
    private final ActiveDestinations destinations;
    private final Supplier<InetSocketAddress> storeHost;
    private final InstantSource clock;
    private final Consumer<ConsumeQueue> arrived;

    /**
     * A handler.
     *
     * @param storeHost what records say where they are
     * @param arrived told of a queue that has a new message
     */
    TemporaryHandler(
            TemporaryDestinations temporaries,
            ActiveDestinations destinations,
            Supplier<InetSocketAddress> storeHost,
            InstantSource clock,
            Consumer<ConsumeQueue> arrived) {
        this.temporaries = temporaries;
        this.destinations = destinations;
        this.storeHost = storeHost;
        this.clock = clock;
        this.arrived = arrived;
    }

    void register(HandlerTable table) {
        table.register(JmsCode.CREATE_TEMPORARY, this::create);
        table.register(JmsCode.DELETE_TEMPORARY, this::delete);
    }

    private void create(Request request) {
        temporaries.create(JmsCreateTemporaryRequest.readFrom(request.frame().fields()), request.connection());
        request.reply(Header.NONE);
    }

    private void delete(Request request) {
        String topic =
                JmsDeleteTemporaryRequest.readFrom(request.frame().fields()).topic();
        Connection connection = request.connection();
        if (topic == null) {
            List<TemporaryDestination> all = temporaries.of(connection);
            AtomicInteger left = new AtomicInteger(all.size() + 1);
            Runnable done = () -> {
                if (left.decrementAndGet() == 0) {
                    request.reply(Header.NONE);
                }
            };
            all.forEach(temporary -> end(temporary, connection, done));
            done.run();
            return;
        }
        TemporaryDestination temporary = temporaries.find(topic);
        if (temporary == null || temporary.connection() != connection) {
            throw Checks.noSuchDestination(topic);
        }
        Destination destination = destinations.open(topic);
        destination.postAlways(() -> {
            if (destination.hasConsumers()) {
                request.refuse(
                        JmsRefusal.SUBSCRIPTION_IN_USE.code(),
                        "the temporary destination has consumers; close them before it is deleted");
            } else {
                remove(temporary, connection, destination);
                request.reply(Header.NONE);
            }
        });
        destination.work();
    }

    /** A connection is gone, and everything with it; its consumers have left. On its event loop. */
    void closed(Connection connection) {
        temporaries.of(connection).forEach(temporary -> end(temporary, connection, () -> {}));
    }

    private void end(TemporaryDestination temporary, Connection connection, Runnable done) {
        Destination destination = destinations.open(temporary.topic.topicName());
        destination.postAlways(() -> {
            remove(temporary, connection, destination);
            done.run();
        });
        destination.work();
    }

    private void remove(TemporaryDestination temporary, Connection connection, Destination destination) {
        if (temporaries.remove(temporary, connection)) {
            destination.subscriptions().clear();
        }
        // Also if another connection has it now: it is begun again when that asks for it.
        destination.afterTurn(() -> destinations.giveUpIfIdle(destination));
    }

    /** A message for a temporary destination, which is stored nowhere else and has nothing to wait for. */
    void send(Request request, SendMessageRequest send) {
        TemporaryDestination temporary = requireFor(send);
        switch (temporary.queue.append(record(request, send), clock.millis())) {
            case TAKEN -> {
                arrived.accept(temporary.queue);
                request.reply(Header.NONE);
            }
            case FULL ->
                throw Checks.refusal(
                        JmsRefusal.TOO_MUCH,
                        "the temporary destination, or all together, hold as much as they may "
                                + "(temporaryDestinationBytesMax): nobody consumes from it, or too slowly");
            case CLOSED -> throw gone();
        }
    }

    /** The same for a message of a transaction. If there is no room, or no destination, at its commit, the message is lost. */
    Runnable hold(Request request, SendMessageRequest send) {
        TemporaryDestination temporary = requireFor(send);
        ByteBuffer record = record(request, send);
        return () -> {
            if (temporary.queue.append(record, clock.millis()) == MemoryQueue.Outcome.TAKEN) {
                arrived.accept(temporary.queue);
            } else {
                LOG.warn("a committed message for temporary destination {} is lost: it is full, or gone", send.topic());
            }
        };
    }

    private TemporaryDestination requireFor(SendMessageRequest send) {
        TemporaryDestination temporary = temporaries.find(send.topic());
        if (temporary == null) {
            throw gone();
        }
        if (send.batch() || send.properties().remaining() > MessageRecord.PROPERTIES_BYTES_MAX) {
            throw new ProtocolException(
                    ResponseCode.MESSAGE_ILLEGAL,
                    "a batch, or a message with properties of more than " + MessageRecord.PROPERTIES_BYTES_MAX
                            + " bytes, cannot be sent to a temporary destination");
        }
        return temporary;
    }

    private static ProtocolException gone() {
        return new ProtocolException(
                ResponseCode.TOPIC_NOT_EXIST,
                "the temporary destination is no more: it was deleted, or its connection is closed");
    }

    private ByteBuffer record(Request request, SendMessageRequest send) {
        MessageDraft draft = new MessageDraft(
                send.topic(),
                0,
                send.flag(),
                send.sysFlag(),
                send.bornTimestamp(),
                request.connection().remoteAddress(),
                0,
                0,
                send.properties(),
                request.frame().body());
        ByteBuffer buffer = ByteBuffer.allocate(MessageRecord.bytesMax(draft));
        return buffer.slice(0, MessageRecord.encode(draft, storeHost.get(), buffer, 0));
    }
}
