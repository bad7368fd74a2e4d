// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsAcknowledgeRequest;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsCreditRequest;
import io.agenamq.protocol.command.JmsDetachRequest;
import io.agenamq.protocol.command.JmsProbeRequest;
import io.agenamq.protocol.command.JmsProbeResponse;
import io.agenamq.protocol.command.JmsReleaseRequest;
import io.agenamq.protocol.frame.Header;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import java.time.InstantSource;

/**
 * Serves what an attached consumer asks for: credit, acknowledging, giving back, going. On event loops; each request becomes a task of the
 * consumer's destination, done at the end of the burst.
 */
final class ConsumerHandler {

    private final InstantSource clock;
    private final ConsumerLife life;

    ConsumerHandler(InstantSource clock, ConsumerLife life) {
        this.clock = clock;
        this.life = life;
    }

    void register(HandlerTable table) {
        table.register(JmsCode.DETACH, this::detach);
        table.register(JmsCode.CREDIT, this::credit);
        table.register(JmsCode.PROBE, this::probe);
        table.register(JmsCode.ACKNOWLEDGE, this::acknowledge);
        table.register(JmsCode.RELEASE, this::release);
    }

    private void detach(Request request) {
        JmsDetachRequest detach = JmsDetachRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = ConnectionConsumers.of(request.connection());
        AttachedConsumer consumer = consumers.require(detach.consumer());
        consumers.postAlways(consumer.destination, () -> {
            life.leave(consumer, detach.seen(), detach.all());
            consumer.destination.answer(request, Header.NONE, false);
        });
    }

    private void credit(Request request) {
        JmsCreditRequest credit = JmsCreditRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = ConnectionConsumers.of(request.connection());
        AttachedConsumer consumer = consumers.require(credit.consumer());
        // Nobody is told if it is refused: the consumer would wait for ever.
        consumers.postAlways(consumer.destination, () -> {
            consumer.addCredit(credit.epoch(), credit.messages(), credit.bytes());
            consumer.destination.stir(consumer.subscription);
        });
    }

    private void probe(Request request) {
        JmsProbeRequest probe = JmsProbeRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = ConnectionConsumers.of(request.connection());
        AttachedConsumer consumer = consumers.require(probe.consumer());
        consumers.post(consumer.destination, () -> {
            consumer.addCredit(probe.epoch(), probe.messages(), probe.bytes());
            consumer.destination.stir(consumer.subscription);
            // That there is nothing is not known before everybody who may have it was waited for.
            consumer.subscription.whenNotHeld(
                    () -> consumer.destination.afterTurn(() -> answerProbe(request, probe, consumer)));
        });
    }

    private static void answerProbe(Request request, JmsProbeRequest probe, AttachedConsumer consumer) {
        whenAllIsDelivered(consumer, () -> {
            if (probe.drain()) {
                consumer.dropCredit();
            }
            request.reply(new JmsProbeResponse(consumer.inFlight().next() - 1));
        });
    }

    /**
     * Runs a task when nothing more is to be had for a consumer's credit at present, which may take several turns, and until its connection takes
     * more: what is not delivered for want of that is there all the same. After a turn.
     */
    static void whenAllIsDelivered(AttachedConsumer consumer, Runnable task) {
        Destination destination = consumer.destination;
        if (consumer.subscription.hasMoreFor(consumer)) {
            boolean again = destination.post(() -> destination.afterTurn(() -> whenAllIsDelivered(consumer, task)));
            if (again) {
                return;
            }
        }
        if (consumer.isHeldUp()) {
            consumer.connection.whenWritable(() -> {
                destination.postAlways(() -> {
                    destination.stir(consumer.subscription);
                    destination.afterTurn(() -> whenAllIsDelivered(consumer, task));
                });
                destination.work();
            });
            return;
        }
        task.run();
    }

    private void acknowledge(Request request) {
        JmsAcknowledgeRequest acknowledge =
                JmsAcknowledgeRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = ConnectionConsumers.of(request.connection());
        AttachedConsumer consumer = consumers.require(acknowledge.consumer());
        consumers.post(consumer.destination, () -> {
            Subscription subscription = consumer.subscription;
            consumer.destination.onBehalfOf(consumer.connection);
            subscription.acknowledge(consumer, acknowledge.from(), acknowledge.to());
            consumer.addCredit(acknowledge.epoch(), acknowledge.messages(), acknowledge.bytes());
            consumer.destination.stir(subscription);
            consumer.destination.answer(request, Header.NONE, acknowledge.durable());
            life.forgetIfDone(consumer);
        });
    }

    private void release(Request request) {
        JmsReleaseRequest release = JmsReleaseRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = ConnectionConsumers.of(request.connection());
        AttachedConsumer consumer = consumers.require(release.consumer());
        consumers.postAlways(consumer.destination, () -> {
            consumer.destination.onBehalfOf(consumer.connection);
            consumer.subscription.giveBack(
                    consumer, release.seen(), release.all(), clock.millis(), ReleaseCause.of(release.failure()));
            consumer.restart(release.epoch(), release.messages(), release.bytes());
            consumer.destination.stir(consumer.subscription);
            consumer.destination.answer(request, Header.NONE, false);
            life.forgetIfDone(consumer);
        });
    }
}
