// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a broker knows about one message.
 *
 * @param event what
 * @param source how it is known
 * @param time when, milliseconds since 1970; 0 if nobody knows, or if it is so now
 * @param topic the destination
 * @param queueId its message queue
 * @param offset of the message there
 * @param position of its record in the log, where the log is to be read from; 0 if that is not the question
 * @param cursor number of the cursor that it is about, for those that only have a number; 0 for none
 * @param subscription of the topic, as people call it; null for the one of a queue, or if it is not known
 * @param who address, client identifier and number of a consumer; null if it is not known, or about nobody
 * @param count how often the message was delivered; 0 if that is not the question
 * @param detail a sentence for people, null if there is nothing to add
 * @param sure whether it is known that it is about this message; if not, it is if a sure fact is about the same cursor
 */
public record JmsTraceFact(
        Event event,
        Source source,
        long time,
        String topic,
        int queueId,
        long offset,
        long position,
        long cursor,
        @Nullable String subscription,
        @Nullable String who,
        int count,
        @Nullable String detail,
        boolean sure) {

    /** One that is surely about the message. */
    public JmsTraceFact(
            Event event,
            Source source,
            long time,
            String topic,
            int queueId,
            long offset,
            long position,
            long cursor,
            @Nullable String subscription,
            @Nullable String who,
            int count,
            @Nullable String detail) {
        this(event, source, time, topic, queueId, offset, position, cursor, subscription, who, count, detail, true);
    }

    /** What a fact says. */
    public enum Event {
        // What happened.
        /** It was stored. */
        STORED,
        /** It was stored as a dead letter. */
        DEAD_LETTER,
        /** It was stored as a half message, and nobody has decided about it yet. */
        HALF,
        /** The subscription began, or went on from another place, and has the message in front of it. */
        SUBSCRIBED,
        /** The subscription began behind the message, or went on from there. */
        BEGAN_BEHIND,
        /** It was handed to a consumer. */
        DELIVERED,
        /** It came back. */
        RELEASED,
        /** Nobody gets it any more: acknowledged, or out of the queue by other means. */
        SETTLED,
        /** The same by the commit of a transaction. */
        COMMITTED,
        /** Its time was over. */
        EXPIRED,
        /** It came back too often. */
        DIED,
        /** The subscription ended, or went on from another place. */
        UNSUBSCRIBED,
        /** A part of the log cannot be read. */
        UNREADABLE,
        // How it is now.
        /** It is settled. */
        IS_SETTLED,
        /** A consumer has it. */
        IN_FLIGHT,
        /** A transaction that is about to be committed has it. */
        HELD,
        /** It waits for a time. */
        PARKED,
        /** It waits for its turn. */
        WAITING,
        /** Why a consumer does not get it. */
        NOT_FOR,
        /** It is about to become a dead letter. */
        DYING,
        /** A consumer group of native clients has passed it, or not. */
        GROUP;

        /** What a later version knows more is unreadable to this one. */
        private static Event of(String name) {
            for (Event event : values()) {
                if (event.name().equals(name)) {
                    return event;
                }
            }
            return UNREADABLE;
        }

        /** Whether it is about now. */
        public boolean isState() {
            return compareTo(IS_SETTLED) >= 0;
        }

        /** As people read it. */
        public String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** How a fact is known. */
    public enum Source {
        /** The log says it: it is known after any crash, as long as the log has it. */
        LOG,
        /** The broker remembers it, of late and since its start. */
        MEMORY,
        /** It is so now. */
        NOW;

        private static Source of(String name) {
            return name.equals(LOG.name()) ? LOG : name.equals(MEMORY.name()) ? MEMORY : NOW;
        }

        /** As people read it. */
        public String words() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static JmsTraceFact readFrom(JsonReader in) {
        Event event = Event.UNREADABLE;
        Source source = Source.NOW;
        long time = 0;
        String topic = "";
        int queueId = 0;
        long offset = 0;
        long position = 0;
        long cursor = 0;
        String subscription = null;
        String who = null;
        int count = 0;
        String detail = null;
        boolean sure = true;
        in.beginObject();
        for (String field = in.nextName(); field != null; field = in.nextName()) {
            switch (field) {
                case "event" -> event = Event.of(in.textOr(""));
                case "source" -> source = Source.of(in.textOr(""));
                case "time" -> time = in.longOr(0);
                case "topic" -> topic = in.textOr("");
                case "queueId" -> queueId = in.intOr(0);
                case "offset" -> offset = in.longOr(0);
                case "position" -> position = in.longOr(0);
                case "cursor" -> cursor = in.longOr(0);
                case "subscription" -> subscription = in.text();
                case "who" -> who = in.text();
                case "count" -> count = in.intOr(0);
                case "detail" -> detail = in.text();
                case "sure" -> sure = in.booleanOr(true);
                default -> in.skip();
            }
        }
        return new JmsTraceFact(
                event, source, time, topic, queueId, offset, position, cursor, subscription, who, count, detail, sure);
    }

    void writeTo(JsonWriter out) {
        out.beginObject()
                .field("event", event.name())
                .field("source", source.name())
                .field("time", time)
                .field("topic", topic)
                .field("queueId", queueId)
                .field("offset", offset)
                .field("position", position)
                .field("cursor", cursor)
                .field("subscription", subscription)
                .field("who", who)
                .field("count", count)
                .field("detail", detail)
                .field("sure", sure)
                .endObject();
    }
}
