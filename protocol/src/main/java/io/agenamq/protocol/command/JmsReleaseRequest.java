// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries are given back, in order and at once. Answered when they are; deliveries of an older epoch that arrive afterwards are void.
 *
 * @param consumer number of the consumer
 * @param epoch number of this release, larger than the one before; deliveries carry it from now on
 * @param seen the last sequence number that the application has seen
 * @param all whether what the application has seen returns too, counted as a delivery
 * @param messages the credit from now on, instead of what was left
 * @param bytes the credit in bytes from now on
 * @param failure what the application could not process, null if nobody says so
 */
public record JmsReleaseRequest(
        int consumer, int epoch, long seen, boolean all, int messages, int bytes, @Nullable JmsFailure failure)
        implements Header {

    /** Of deliveries with which nothing is wrong. */
    public JmsReleaseRequest(int consumer, int epoch, long seen, boolean all, int messages, int bytes) {
        this(consumer, epoch, seen, all, messages, bytes, null);
    }

    /** Reads the fields. */
    public static JmsReleaseRequest readFrom(Fields in) {
        return new JmsReleaseRequest(
                in.requireInt("c"),
                in.requireInt("e"),
                in.requireLong("s"),
                in.flag("a", false),
                in.requireInt("m"),
                in.requireInt("b"),
                JmsFailure.readFrom(in));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("c", consumer);
        out.put("e", epoch);
        out.put("s", seen);
        out.put("a", all);
        out.put("m", messages);
        out.put("b", bytes);
        if (failure != null) {
            failure.writeTo(out);
        }
    }
}
