// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * What somebody wants stored: a message record without what the log assigns (queue offset, position, store time, store host, CRC).
 *
 * <p>The buffers are read from position to limit while the draft is encoded, their positions stay as they are, and they are not kept: a draft
 * may point into network memory that is reused afterwards.
 *
 * @param topic at most {@value MessageRecord#TOPIC_BYTES_MAX} bytes of UTF-8
 * @param sysFlag see {@link SysFlag}; the two bits for IPv6 addresses are set by the encoder, whatever they are here
 * @param preparedPosition position of the half message that this one commits, otherwise 0
 * @param properties raw properties, see {@link MessageProperties}; at most {@value MessageRecord#PROPERTIES_BYTES_MAX} bytes
 */
public record MessageDraft(
        String topic,
        int queueId,
        int flag,
        int sysFlag,
        long bornTimestamp,
        InetSocketAddress bornHost,
        int reconsumeTimes,
        long preparedPosition,
        ByteBuffer properties,
        ByteBuffer body) {}
