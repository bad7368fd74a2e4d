// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

/** What is wrong with bytes that should be a message record. */
public enum RecordDefect {
    /** Nothing: the record can be read with every accessor of {@link MessageRecord}. */
    NONE("sound"),
    /** Fewer bytes than the smallest record has. */
    TRUNCATED("ends before its fixed part does"),
    /** The length field is below the smallest record or beyond the bytes at hand. */
    LENGTH("has an impossible length"),
    /** Not a record of version 1. */
    MAGIC("has no magic code"),
    /** The body does not fit into the record. */
    BODY_LENGTH("has an impossible body length"),
    /** The topic is empty, longer than allowed or does not fit into the record. */
    TOPIC_LENGTH("has an impossible topic length"),
    /** The properties do not end exactly where the record does. */
    PROPERTIES_LENGTH("has an impossible properties length"),
    /** A field is negative that never is: queue id, queue offset or position. */
    NEGATIVE("has a negative queue id, queue offset or position"),
    /** It says that it belongs elsewhere. */
    POSITION("names another position as its own"),
    /** It is not what was stored. */
    BATCH_CRC("lies in no batch that matches its CRC"),
    /** The bytes could not be read at all. */
    UNREADABLE("cannot be read from the disk");

    private final String sentence;

    RecordDefect(String sentence) {
        this.sentence = sentence;
    }

    /** Continues "the record …". */
    public String sentence() {
        return sentence;
    }
}
