// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * What a queue holds at one moment.
 *
 * @param ready messages that nobody has, damaged ones among them; delayed ones that nobody has looked at yet, too
 * @param inFlight messages that consumers have and have not acknowledged
 * @param parked messages that wait for their time
 * @param redelivered messages, of all these, that have been delivered before
 * @param oldest when the oldest of them was stored, milliseconds since 1970; 0 if there is none
 * @param consumers consumers that are attached
 * @param paused whether delivery is paused
 * @param exclusive whether one consumer at a time gets messages
 * @param deadLetterQueue name of the queue for its dead letters, whether or not there is one yet
 */
public record JmsQueueStatusResponse(
        long ready,
        long inFlight,
        long parked,
        long redelivered,
        long oldest,
        int consumers,
        boolean paused,
        boolean exclusive,
        String deadLetterQueue)
        implements Header {

    /** Reads the fields. */
    public static JmsQueueStatusResponse readFrom(Fields in) {
        return new JmsQueueStatusResponse(
                in.requireLong("r"),
                in.requireLong("f"),
                in.requireLong("p"),
                in.requireLong("d"),
                in.requireLong("o"),
                in.requireInt("c"),
                in.flag("h", false),
                in.flag("x", false),
                in.requireText("l"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("r", ready);
        out.put("f", inFlight);
        out.put("p", parked);
        out.put("d", redelivered);
        out.put("o", oldest);
        out.put("c", consumers);
        out.put("h", paused);
        out.put("x", exclusive);
        out.put("l", deadLetterQueue);
    }
}
