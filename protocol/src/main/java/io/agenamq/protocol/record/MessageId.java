// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * The offset id of a stored message ({@code offsetMsgId}): where it is, as upper-case hex of the store host's address (4 or 16 bytes), its
 * port (4) and the position in its log (8). 32 or 56 characters; {@code 7F000001 000078BF 0000000000000105} without the spaces.
 */
public record MessageId(InetSocketAddress storeHost, long position) {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int V4_CHARS = 2 * (4 + Integer.BYTES + Long.BYTES);
    private static final int V6_CHARS = 2 * (16 + Integer.BYTES + Long.BYTES);

    /** The id of the message at {@code position} in the log of {@code storeHost}. */
    public static String encode(InetSocketAddress storeHost, long position) {
        byte[] address = storeHost.getAddress().getAddress();
        ByteBuffer bytes = ByteBuffer.allocate(address.length + Integer.BYTES + Long.BYTES);
        bytes.put(address).putInt(storeHost.getPort()).putLong(position);
        return HEX.formatHex(bytes.array());
    }

    /** The id of the record at index {@code at}. */
    public static String ofRecord(ByteBuffer buffer, int at) {
        return encode(MessageRecord.storeHost(buffer, at), MessageRecord.position(buffer, at));
    }

    /** Whether {@code text} has the shape of an offset id. */
    public static boolean isOffsetId(String text) {
        if (text.length() != V4_CHARS && text.length() != V6_CHARS) {
            return false;
        }
        return text.chars().allMatch(HexFormat::isHexDigit);
    }

    /**
     * The other way round.
     *
     * @throws MalformedRecordException if {@code text} is no offset id
     */
    public static MessageId parse(String text) {
        if (!isOffsetId(text)) {
            throw new MalformedRecordException("'" + shown(text) + "' is no offset message id: " + V4_CHARS + " or "
                    + V6_CHARS + " hexadecimal digits");
        }
        ByteBuffer bytes = ByteBuffer.wrap(HEX.parseHex(text));
        byte[] address = new byte[bytes.capacity() - Integer.BYTES - Long.BYTES];
        bytes.get(address);
        int port = bytes.getInt();
        long position = bytes.getLong();
        if (port < 0 || port > 0xFFFF || position < 0) {
            throw new MalformedRecordException(
                    "'" + text + "' is no offset message id: port " + port + ", position " + position);
        }
        try {
            return new MessageId(new InetSocketAddress(InetAddress.getByAddress(address), port), position);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address of 4 or 16 bytes", impossible);
        }
    }

    @Override
    public String toString() {
        return encode(storeHost, position);
    }

    private static String shown(String text) {
        return text.length() <= V6_CHARS ? text : text.substring(0, V6_CHARS) + "…";
    }
}
