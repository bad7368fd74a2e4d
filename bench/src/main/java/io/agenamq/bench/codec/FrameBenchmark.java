// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.codec;

import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.protocol.command.SendMessageResponse;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.HeaderEncoder;
import io.agenamq.protocol.frame.HeaderEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A send request of 1 KiB in, its answer out: what every message costs before and after the log. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FrameBenchmark {

    private static final int BODY_BYTES = 1024;

    @Param
    public HeaderEncoding encoding = HeaderEncoding.JSON;

    private final HeaderEncoder encoder = new HeaderEncoder();
    private ByteBuffer request = ByteBuffer.allocate(0);

    @Setup
    public void encodeRequest() {
        var header = new SendMessageRequest(
                "bench-producer",
                "bench-topic",
                "TBW102",
                4,
                3,
                0,
                1_760_000_000_000L,
                0,
                ByteBuffer.wrap(
                        "TAGS\u0001tag\u0002UNIQ_KEY\u00017F0000010000000000000000000000010000000000000000\u0002WAIT\u0001true"
                                .getBytes(StandardCharsets.UTF_8)),
                0,
                false,
                SendMessageRequest.MAX_RECONSUME_TIMES_UNSET,
                false,
                "broker-a");
        request = FrameCodec.encode(
                encoding, RequestCode.SEND_MESSAGE_V2, 1, 0, null, header, Body.of(new byte[BODY_BYTES]));
    }

    @Benchmark
    public SendMessageRequest decodeSend() {
        Frame frame = FrameCodec.decode(request.duplicate().position(Integer.BYTES));
        return SendMessageRequest.readFrom(frame.fields());
    }

    @Benchmark
    public int encodeSendAnswer() {
        var answer = new SendMessageResponse(
                "7F00000100002A9F0000000000012345",
                3,
                74_565,
                "7F000001000000000000000000000001",
                "DefaultRegion",
                true);
        encoder.encode(encoding, 0, 1, 1, null, answer, 0);
        return encoder.length();
    }
}
