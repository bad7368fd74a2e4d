// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.record.MessageId;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.protocol.record.RecordDefect;
import io.agenamq.protocol.record.SysFlag;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A message as it lies in the log, unpacked for people.
 *
 * @param id the offset id: where the message is
 * @param uniqueId the id its client gave it, if it gave one
 * @param properties all of them, RocketMQ's and the application's, in the order of the record
 * @param body what the sender sent; still packed if {@code packedWith} says so
 * @param packedWith the compression that could not be undone here, or null
 */
public record StoredMessage(
        String topic,
        int queueId,
        long offset,
        String id,
        @Nullable String uniqueId,
        Instant born,
        InetSocketAddress bornHost,
        Instant stored,
        int reconsumeTimes,
        Map<String, String> properties,
        ByteBuffer body,
        @Nullable String packedWith) {

    public StoredMessage {
        body = body.asReadOnlyBuffer();
    }

    /** A body that unpacks to more is shown packed: it would not have been accepted unpacked either. */
    private static final int UNPACKED_BYTES_MAX = 16 * 1024 * 1024;

    private static final int COMPRESSION_TYPE_SHIFT = 8;
    private static final int LZ4 = 1;
    private static final int ZSTD = 2;

    /** The records that fill the buffer from position to limit. @throws AdminException if the bytes are not whole records */
    static List<StoredMessage> ofRecords(ByteBuffer records) {
        List<StoredMessage> messages = new ArrayList<>();
        int at = records.position();
        while (at < records.limit()) {
            RecordDefect defect = MessageRecord.defect(records, at, records.limit() - at);
            if (defect != RecordDefect.NONE) {
                throw new AdminException("the broker sent a record that cannot be read: " + defect.sentence());
            }
            messages.add(ofRecord(records, at));
            at += MessageRecord.length(records, at);
        }
        return messages;
    }

    private static StoredMessage ofRecord(ByteBuffer buffer, int at) {
        Map<String, String> properties = MessageProperties.toMap(
                buffer, MessageRecord.propertiesStart(buffer, at), MessageRecord.propertiesLength(buffer, at));
        byte[] body = new byte[MessageRecord.bodyLength(buffer, at)];
        buffer.get(MessageRecord.bodyStart(buffer, at), body);
        Unpacked unpacked = unpack(body, MessageRecord.sysFlag(buffer, at));
        return new StoredMessage(
                MessageRecord.topic(buffer, at),
                MessageRecord.queueId(buffer, at),
                MessageRecord.queueOffset(buffer, at),
                MessageId.ofRecord(buffer, at),
                properties.get(PropertyNames.UNIQUE_KEY),
                Instant.ofEpochMilli(MessageRecord.bornTimestamp(buffer, at)),
                MessageRecord.bornHost(buffer, at),
                Instant.ofEpochMilli(MessageRecord.storeTimestamp(buffer, at)),
                MessageRecord.reconsumeTimes(buffer, at),
                properties,
                unpacked.body,
                unpacked.packedWith);
    }

    /** The keys, separated by blanks, or null. */
    public @Nullable String keys() {
        return properties.get(PropertyNames.KEYS);
    }

    /** The body as text, or null if it is packed or not UTF-8. */
    public @Nullable String text() {
        if (packedWith != null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(body.duplicate()).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Whether this is one of the message's keys. */
    public boolean hasKey(String key) {
        String keys = keys();
        return keys != null && Arrays.asList(keys.split(" ")).contains(key);
    }

    /** The tag, or null. */
    public @Nullable String tags() {
        return properties.get(PropertyNames.TAGS);
    }

    private record Unpacked(ByteBuffer body, @Nullable String packedWith) {}

    private static Unpacked unpack(byte[] body, int sysFlag) {
        if ((sysFlag & SysFlag.COMPRESSED) == 0) {
            return new Unpacked(ByteBuffer.wrap(body), null);
        }
        int type = (sysFlag & SysFlag.COMPRESSION_TYPE_MASK) >> COMPRESSION_TYPE_SHIFT;
        if (type == LZ4 || type == ZSTD) {
            return new Unpacked(ByteBuffer.wrap(body), type == LZ4 ? "lz4" : "zstd");
        }
        byte[] inflated = inflate(body);
        return inflated == null
                ? new Unpacked(ByteBuffer.wrap(body), "zlib")
                : new Unpacked(ByteBuffer.wrap(inflated), null);
    }

    /** The inflated bytes, or null if they are damaged or too many. */
    private static byte @Nullable [] inflate(byte[] body) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(body);
            ByteArrayOutputStream out = new ByteArrayOutputStream(body.length * 2);
            byte[] chunk = new byte[8192];
            while (!inflater.finished()) {
                int count = inflater.inflate(chunk);
                if (count == 0 || out.size() + count > UNPACKED_BYTES_MAX) {
                    return null;
                }
                out.write(chunk, 0, count);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            return null;
        } finally {
            inflater.end();
        }
    }
}
