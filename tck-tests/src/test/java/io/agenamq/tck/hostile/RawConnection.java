// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A socket to a server, and bytes by hand: what a hostile or broken client sends. It knows the frame of RocketMQ remoting by itself, so
 * that our codec is not tested by itself.
 *
 * <pre>
 *   | length of the rest: 4 | 0: 1 | length of the header: 3 | header as JSON | body |
 * </pre>
 */
final class RawConnection implements AutoCloseable {

    static final int HEART_BEAT = 34;
    static final int UPDATE_CONSUMER_OFFSET = 15;
    static final int CREATE_TOPIC = 17;
    static final int PULL_MESSAGE = 11;
    static final int SEND_MESSAGE_V2 = 310;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern CODE = Pattern.compile("\"code\":(-?\\d+)");
    private static final AtomicInteger OPAQUE = new AtomicInteger();

    private final Socket socket;

    private RawConnection(Socket socket) {
        this.socket = socket;
    }

    static RawConnection to(int port) {
        return to(port, 0);
    }

    /** One that takes no more than about this many bytes from the server before it reads; 0 is what the system gives. */
    static RawConnection to(int port, int receiveBufferBytes) {
        try {
            var socket = new Socket();
            socket.setTcpNoDelay(true);
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            return new RawConnection(socket);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A whole, well-formed frame. */
    static byte[] frame(int code, Map<String, String> fields, byte[] body) {
        return frame(header(code, fields), body);
    }

    /** A frame around any text in the header's place. */
    static byte[] frame(String header, byte[] body) {
        byte[] text = header.getBytes(UTF_8);
        return ByteBuffer.allocate(8 + text.length + body.length)
                .putInt(4 + text.length + body.length)
                .putInt(text.length)
                .put(text)
                .put(body)
                .array();
    }

    private static String header(int code, Map<String, String> fields) {
        var text = new StringBuilder("{\"code\":" + code
                + ",\"flag\":0,\"language\":\"JAVA\",\"opaque\":" + OPAQUE.incrementAndGet()
                + ",\"serializeTypeCurrentRPC\":\"JSON\",\"version\":475,\"extFields\":{");
        String separator = "";
        for (Map.Entry<String, String> field : fields.entrySet()) {
            text.append(separator).append(quoted(field.getKey())).append(':').append(quoted(field.getValue()));
            separator = ",";
        }
        return text.append("}}").toString();
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** The bytes as they are; false if the server has closed the connection. */
    boolean write(byte[] bytes) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
            return true;
        } catch (SocketException closed) {
            return false;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Sends a request and returns the code of the answer. */
    int call(int code, Map<String, String> fields, byte[] body) {
        if (!write(frame(code, fields, body))) {
            throw new IllegalStateException("the server has closed the connection");
        }
        return awaitCode();
    }

    /** The code of the next frame from the server. */
    int awaitCode() {
        try {
            var in = new DataInputStream(socket.getInputStream());
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            int headerLength = ByteBuffer.wrap(frame).getInt() & 0xFFFFFF;
            Matcher code = CODE.matcher(new String(frame, 4, headerLength, UTF_8));
            if (!code.find()) {
                throw new IllegalStateException("no code in the answer");
            }
            return Integer.parseInt(code.group(1));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Whether something has arrived that nobody has read. */
    boolean hasUnread() {
        try {
            return socket.getInputStream().available() > 0;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Whether the server closes the connection, or has; answers before that are skipped. */
    boolean isClosedByServer() {
        return isClosedByServer(PATIENCE);
    }

    /** The same for a server that has so much time. */
    boolean isClosedByServer(Duration patience) {
        try {
            socket.setSoTimeout((int) patience.toMillis());
            byte[] skipped = new byte[8192];
            while (socket.getInputStream().read(skipped) >= 0) {
                // an answer
            }
            return true;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (EOFException | SocketException closed) {
            return true;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What the server knows it by. */
    int localPort() {
        return socket.getLocalPort();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // it was ours to close
        }
    }
}
