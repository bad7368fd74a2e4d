// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.HeaderEncoding;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** A client that is only a socket, so that a test can send anything and see exactly what comes back. */
final class RawPeer implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 30_000;

    private final Socket socket;
    private final DataInputStream in;

    RawPeer(InetSocketAddress server) throws IOException {
        this(server, 0);
    }

    RawPeer(InetSocketAddress server, int receiveBufferBytes) throws IOException {
        socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.connect(server, TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    void send(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(ByteBuffer bytes) throws IOException {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        send(copy);
    }

    void request(int code, int opaque, byte... body) throws IOException {
        send(request(HeaderEncoding.JSON, code, opaque, body));
    }

    static ByteBuffer request(HeaderEncoding encoding, int code, int opaque, byte... body) {
        return FrameCodec.encode(encoding, code, opaque, 0, null, Header.NONE, Body.of(body));
    }

    Frame read() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return FrameCodec.decode(ByteBuffer.wrap(frame));
    }

    /** Whether the server closed the connection without sending anything more. */
    boolean isClosedByServer() throws IOException {
        try {
            in.readByte();
            return false;
        } catch (EOFException | SocketException closed) {
            return true;
        }
    }

    int localPort() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
