// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.broker.access.Principal;
import io.agenamq.protocol.command.JmsAttachRequest;
import io.agenamq.protocol.command.JmsAttachment;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsPlaces;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsSettleRequest;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import java.util.List;
import java.util.Objects;

/**
 * Serves consumers that come over another connection: those that this broker knows go on, and those that it knows nothing of any more say what became
 * of what they had ({@link JmsCode#SETTLE}). On event loops; each request becomes a task of the consumer's destination.
 */
final class ResumeHandler {

    private final Attachments attachments;
    private final ConsumerLife life;

    ResumeHandler(Attachments attachments, ConsumerLife life) {
        this.attachments = attachments;
        this.life = life;
    }

    void register(HandlerTable table) {
        table.register(JmsCode.SETTLE, this::settle);
    }

    /**
     * Lets a consumer go on, whether the loss of its connection was noticed or not. The former one ends here, and what it had in flight is the new
     * one's, so that the client can say what became of it before anybody else gets it.
     *
     * @param former as the event loop found it
     * @param anew what to do, on the event loop, if it has ended meanwhile
     */
    void resume(
            Request request,
            JmsAttachRequest attach,
            AttachedConsumer former,
            ConnectionConsumers consumers,
            Runnable anew) {
        JmsAttachment now = Objects.requireNonNull(attach.attachment());
        attachments.requireLatest(now);
        Destination destination = former.destination;
        if (!destination.topic().equals(attach.topic())) {
            throw Checks.refusal(JmsRefusal.NO_SUCH_CONSUMER, "the consumer reads '" + destination.topic() + "'");
        }
        if (!Principal.of(former.connection).equals(Principal.of(request.connection()))) {
            throw new ProtocolException(ResponseCode.NO_PERMISSION, "the consumer is another user's");
        }
        consumers.postAlways(destination, () -> {
            if (attachments.find(now) != former) {
                ConsumerLife.onLoop(request.connection(), () -> {
                    try {
                        anew.run();
                    } catch (ProtocolException refused) {
                        request.refuse(refused.code(), String.valueOf(refused.getMessage()));
                    }
                    consumers.workTouched();
                });
                return;
            }
            AttachedConsumer resumed = former.resumedAs(attach.consumer(), request.connection(), now);
            resumed.setClientId(consumers.clientId());
            former.subscription.replace(former, resumed);
            AttachedConsumer unused = attachments.add(resumed);
            life.admit(request, consumers, resumed, true);
        });
    }

    /** A client says what became of deliveries of which this broker knows nothing any more. */
    private void settle(Request request) {
        JmsSettleRequest settle = JmsSettleRequest.readFrom(request.frame().fields());
        List<JmsPlaces.Range> ranges = JmsPlaces.read(request.frame().body());
        long count = 0;
        for (JmsPlaces.Range range : ranges) {
            count += Math.min(InFlight.COUNT_MAX, range.last() - range.first()) + 1;
        }
        if (count > InFlight.COUNT_MAX) {
            throw Checks.refusal(JmsRefusal.TOO_MUCH, "no consumer had " + count + " messages in flight");
        }
        ConnectionConsumers consumers = ConnectionConsumers.of(request.connection());
        AttachedConsumer consumer = consumers.require(settle.consumer());
        consumers.postAlways(consumer.destination, () -> {
            if (settle.subscription() != 0 && settle.subscription() == consumer.subscription.id()) {
                consumer.subscription.settle(ranges);
                consumer.destination.stir(consumer.subscription);
            }
            consumer.destination.answer(request, Header.NONE, true);
        });
    }
}
