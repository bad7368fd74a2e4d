// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.HeaderEncoding;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * A client of one thread on one blocking socket, which writes the same request each time and makes next to no garbage: what is left of a
 * message's time is the server's, and the system's below it. The official client has threads and garbage of its own, and at low rates they
 * make most of the tail.
 *
 * <p>One message is under way at a time, at a fixed rate; times are from when a message should have been sent to its answer.
 */
final class BareClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 30_000;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;
    private final byte[] request;
    private byte[] answer = new byte[1024];

    BareClient(int port, String topic, int bodyBytes) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        request = request(topic, bodyBytes);
    }

    private static byte[] request(String topic, int bodyBytes) {
        var header = new SendMessageRequest(
                "bare-client",
                topic,
                "TBW102",
                4,
                0,
                0,
                System.currentTimeMillis(),
                0,
                ByteBuffer.wrap("WAIT\u0001true".getBytes(StandardCharsets.UTF_8)),
                0,
                false,
                SendMessageRequest.MAX_RECONSUME_TIMES_UNSET,
                false,
                null);
        ByteBuffer frame = FrameCodec.encode(
                HeaderEncoding.JSON, RequestCode.SEND_MESSAGE_V2, 1, 0, null, header, Body.of(new byte[bodyBytes]));
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    /** Sends at {@code ratePerSecond}; the process {@code pid} is the server, whose CPU time is read while it is measured. */
    Measurement run(int ratePerSecond, Duration warmup, Duration measured, long pid) throws IOException {
        var times = new Histogram(Duration.ofMinutes(1).toNanos(), 3);
        long errors = 0;
        long interval = 1_000_000_000L / ratePerSecond;
        long start = System.nanoTime();
        long begin = start + warmup.toNanos();
        long end = begin + measured.toNanos();
        long cpuAtBegin = 0;
        boolean begun = false;
        for (long intended = start; intended < end; intended += interval) {
            while (intended - System.nanoTime() > 0) {
                LockSupport.parkNanos(intended - System.nanoTime());
            }
            if (!begun && intended >= begin) {
                begun = true;
                cpuAtBegin = ProcessStatus.cpuNanos(pid);
            }
            boolean stored = send();
            if (begun) {
                times.recordValue(Math.min(System.nanoTime() - intended, times.getHighestTrackableValue()));
                errors += stored ? 0 : 1;
            }
        }
        return new Measurement(
                times.getTotalCount(),
                errors,
                System.nanoTime() - begin,
                ProcessStatus.cpuNanos(pid) - cpuAtBegin,
                times.getValueAtPercentile(50),
                times.getValueAtPercentile(99));
    }

    /** One message; answers whether the server says that it is stored. */
    private boolean send() throws IOException {
        out.write(request);
        int length = in.readInt();
        if (length < 0 || length > FrameCodec.MAX_FRAME_BYTES) {
            throw new IOException("an answer of " + length + " bytes");
        }
        if (length > answer.length) {
            answer = new byte[length];
        }
        in.readFully(answer, 0, length);
        Frame frame = FrameCodec.decode(ByteBuffer.wrap(answer, 0, length));
        return frame.code() == ResponseCode.SUCCESS;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
