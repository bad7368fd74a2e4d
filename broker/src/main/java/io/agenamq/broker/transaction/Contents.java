// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.delivery.HeldDeliveries;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.MessageBatch;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is decided together: messages that were sent and are in memory or hidden, and deliveries that are held. A local transaction has one part; a branch has
 * as many as sessions have ended for it, in that order.
 *
 * <pre>
 *   collect (before) ──▶ {@link #batch}, to be appended ──▶ {@link #settle}     or {@link #giveBack}
 * </pre>
 *
 * <p>Belongs to whoever decides.
 */
final class Contents {

    private final List<OpenTransaction> parts = new ArrayList<>();
    private final List<HeldDeliveries> held = new ArrayList<>();

    /** Of one part. */
    static Contents of(OpenTransaction part, @Nullable HeldDeliveries deliveries) {
        Contents contents = new Contents();
        contents.add(part, deliveries);
        return contents;
    }

    /** One more part; its deliveries are collected. */
    void add(OpenTransaction part, @Nullable HeldDeliveries deliveries) {
        parts.add(part);
        if (deliveries != null) {
            held.add(deliveries);
        }
    }

    /** What a branch holds that was prepared before the broker was started. */
    void add(HeldDeliveries deliveries) {
        held.add(deliveries);
    }

    List<OpenTransaction> parts() {
        return parts;
    }

    List<HeldDeliveries> held() {
        return held;
    }

    /** Whether all deliveries were there. */
    boolean isComplete() {
        return held.stream().allMatch(HeldDeliveries::isComplete);
    }

    /** How many messages it has. */
    int messages() {
        return parts.stream().mapToInt(OpenTransaction::count).sum();
    }

    /** Bytes of its messages, at most. */
    long messageBytes() {
        return parts.stream().mapToLong(OpenTransaction::messageBytes).sum();
    }

    /** How many deliveries it has. */
    int deliveries() {
        return held.stream().mapToInt(HeldDeliveries::count).sum();
    }

    /** Names of the destinations that it has to do with. */
    Set<String> destinations() {
        Set<String> names = new TreeSet<>();
        parts.forEach(part -> names.addAll(part.destinations()));
        held.forEach(deliveries -> names.addAll(deliveries.destinations()));
        return names;
    }

    /**
     * The batch that stores or publishes all messages and settles all deliveries. It belongs to the first part.
     *
     * @throws ProtocolException if there cannot be one; nothing is in the log
     */
    MessageBatch batch(InetSocketAddress onBehalfOf) {
        MessageBatch batch = parts.get(0).batch();
        parts.stream().skip(1).forEach(part -> part.addTo(batch));
        addSettlements(batch, held, onBehalfOf);
        return batch;
    }

    /** Adds the records that settle what is held. */
    static void addSettlements(MessageBatch batch, List<HeldDeliveries> held, InetSocketAddress onBehalfOf) {
        for (HeldDeliveries deliveries : held) {
            for (ByteBuffer payload : deliveries.payloads()) {
                add(batch, ControlType.CURSOR_COMMIT, payload, onBehalfOf);
            }
        }
    }

    /** Adds one record of a decision. */
    static void add(MessageBatch batch, ControlType type, ByteBuffer payload, InetSocketAddress onBehalfOf) {
        if (batch.addControl(type, payload, onBehalfOf) == MessageBatch.FULL) {
            throw new ProtocolException(
                    JmsRefusal.TOO_MUCH.code(),
                    "the transaction does not fit into one batch of the log, whose size follows from "
                            + "mappedFileSizeCommitLog; commit more often");
        }
    }

    /** The log has the decision, or everything that is needed for it: there is nothing to forget there. */
    void handedOver() {
        parts.forEach(OpenTransaction::handedOver);
    }

    /** The batch is in the log: deliveries are settled, and messages that are not for the log go out. */
    void settle() {
        held.forEach(HeldDeliveries::settled);
        parts.forEach(OpenTransaction::deliverOutside);
    }

    /** There will be no such batch: deliveries come back. */
    void giveBack() {
        held.forEach(HeldDeliveries::giveBack);
    }

    /** Keeps no messages any more. */
    void end() {
        parts.forEach(OpenTransaction::end);
    }
}
