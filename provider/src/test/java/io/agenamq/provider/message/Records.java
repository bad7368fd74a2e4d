// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.provider.destination.AgenaQueue;
import jakarta.jms.JMSException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** The way of a message through a record, without a broker. */
final class Records {

    static final AgenaQueue ORDERS = new AgenaQueue("Orders");

    private static final InetSocketAddress HOST = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911);
    private static final String KEY = "00FF";
    private static final long BORN = 1234;

    private Records() {}

    /** The message as it is received for the second time. */
    static AgenaMessage delivered(AgenaMessage message) throws JMSException {
        return delivered(message, TrustedClasses.BASICS);
    }

    static AgenaMessage delivered(AgenaMessage message, TrustedClasses trusted) throws JMSException {
        MessageWriter.Written written = new MessageWriter().write(message, KEY);
        return new MessageReader(false, trusted).read(record(0, written.properties(), written.body()), 0, 2, ORDERS);
    }

    static ByteBuffer record(int sysFlag, ByteBuffer properties, ByteBuffer body) {
        MessageDraft draft = new MessageDraft("Orders", 0, 0, sysFlag, BORN, HOST, 0, 0, properties, body);
        ByteBuffer record = ByteBuffer.allocate(MessageRecord.bytesMax(draft));
        MessageRecord.encode(draft, HOST, record, 0);
        return record;
    }
}
