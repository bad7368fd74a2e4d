// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.HeaderEncoding;
import io.agenamq.protocol.frame.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class JmsBranchCommandsTest {

    private static final JmsBranch XA = JmsBranch.xa(131_077, new byte[] {0, -1, 17}, new byte[] {64});
    private static final JmsTransaction PART = new JmsTransaction("7F00000100", 1L << 40);

    @Test
    void every_command_reads_what_it_wrote_in_both_header_encodings() {
        roundTrip(new JmsBranchEndRequest(XA, PART, 3, true, 60), JmsBranchEndRequest::readFrom);
        roundTrip(new JmsBranchEndRequest(JmsBranch.local(PART), PART, 0, false, 0), JmsBranchEndRequest::readFrom);
        roundTrip(new JmsBranchEndRequest(XA, PART, 1, false, 0, 1L << 40), JmsBranchEndRequest::readFrom);
        roundTrip(new JmsBranchEndResponse(1L << 40), JmsBranchEndResponse::readFrom);
        roundTrip(new JmsBranchPrepareRequest(XA, ""), JmsBranchPrepareRequest::readFrom);
        roundTrip(new JmsBranchPrepareRequest(XA, "", 7), JmsBranchPrepareRequest::readFrom);
        roundTrip(new JmsBranchDecideRequest(XA, true, true, true, 7), JmsBranchDecideRequest::readFrom);
        roundTrip(
                new JmsBranchPrepareRequest(new JmsBranch(JmsBranch.Kind.TABLE, "a-1"), "orders"),
                JmsBranchPrepareRequest::readFrom);
        roundTrip(new JmsBranchPrepareResponse(true), JmsBranchPrepareResponse::readFrom);
        for (boolean flag : new boolean[] {false, true}) {
            roundTrip(new JmsBranchDecideRequest(XA, flag, !flag, flag), JmsBranchDecideRequest::readFrom);
            roundTrip(new JmsBranchDecided(flag, !flag), JmsBranchDecided::readFrom);
            roundTrip(new JmsBranchResolveRequest(XA, flag ? "alice" : null, flag), JmsBranchResolveRequest::readFrom);
        }
        for (JmsBranch.Kind kind : JmsBranch.Kind.values()) {
            roundTrip(new JmsBranchRecoverRequest(kind), JmsBranchRecoverRequest::readFrom);
        }
        roundTrip(new JmsBranchForgetRequest(XA), JmsBranchForgetRequest::readFrom);
        roundTrip(new JmsBranchOutcomeRequest(JmsBranch.local(PART), null), JmsBranchOutcomeRequest::readFrom);
        roundTrip(new JmsBranchOutcomeRequest(JmsBranch.local(PART), "bob"), JmsBranchOutcomeRequest::readFrom);
        roundTrip(new JmsBranchCheck(XA, "orders"), JmsBranchCheck::readFrom);
        roundTrip(new JmsGroupJoinRequest("orders"), JmsGroupJoinRequest::readFrom);
        roundTrip(new JmsBranchListRequest(null), JmsBranchListRequest::readFrom);
        roundTrip(new JmsBranchListRequest("xa:"), JmsBranchListRequest::readFrom);
    }

    @Test
    void a_branch_has_the_parts_of_its_xid() {
        byte[] longest = new byte[64];
        Arrays.fill(longest, (byte) 0xA5);
        JmsBranch longBranch = JmsBranch.xa(-1, longest, longest);

        assertThat(XA).hasToString("xa:00020005.00ff11.40");
        assertThat(XA.formatId()).isEqualTo(131_077);
        assertThat(XA.globalTransaction()).containsExactly(0, -1, 17);
        assertThat(XA.qualifier()).containsExactly(64);
        assertThat(longBranch.formatId()).isEqualTo(-1);
        assertThat(longBranch.globalTransaction()).isEqualTo(longest);
        assertThat(longBranch.qualifier()).isEqualTo(longest);
        assertThat(JmsBranch.xa(1, new byte[] {1}, new byte[0]).qualifier()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> JmsBranch.xa(1, new byte[65], new byte[0]));
        for (JmsBranch other : List.of(
                JmsBranch.local(PART),
                new JmsBranch(JmsBranch.Kind.XA, "1.2.3"),
                new JmsBranch(JmsBranch.Kind.XA, "00000001.zz.00"),
                new JmsBranch(JmsBranch.Kind.XA, "00000001"))) {
            assertThatIllegalArgumentException().isThrownBy(other::globalTransaction);
        }
    }

    @Test
    void a_branch_that_no_client_names_so_is_refused() {
        for (String text : List.of("", "xa", "xa:", "no:1", "xa: ", "tab:ü", "tab:a\nb", "local:" + "x".repeat(301))) {
            assertThatIllegalArgumentException().isThrownBy(() -> JmsBranch.parse(text));
            assertThatThrownBy(() -> JmsBranchForgetRequest.readFrom(fields(out -> out.put("b", text))))
                    .isInstanceOf(ProtocolException.class);
        }
        assertThatThrownBy(() -> JmsBranchRecoverRequest.readFrom(fields(out -> out.put("k", "no"))))
                .isInstanceOf(ProtocolException.class);
        for (String group : List.of("", "g".repeat(256))) {
            assertThatThrownBy(() -> JmsGroupJoinRequest.readFrom(fields(out -> out.put("g", group))))
                    .isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void a_list_of_branches_is_read_as_it_was_written() {
        JmsBranchesBody body = new JmsBranchesBody(List.of(
                new JmsBranchInfo(
                        XA, "alice", JmsBranchInfo.State.COMMITTED, true, 1L << 40, 3, 2, List.of("Orders", "ü"), ""),
                new JmsBranchInfo(
                        new JmsBranch(JmsBranch.Kind.TABLE, "a-1"),
                        null,
                        JmsBranchInfo.State.PREPARED,
                        false,
                        1,
                        0,
                        1,
                        List.of(),
                        "orders")));

        assertThat(JmsBranchesBody.parse(bytes(body.toBody()))).isEqualTo(body);
        for (String wrong : List.of(
                "{\"branches\":[{\"id\":\"xa:1\",\"state\":\"lost\"}]}",
                "{\"branches\":[{\"id\":\"1\",\"state\":\"prepared\"}]}")) {
            assertThatThrownBy(() -> JmsBranchesBody.parse(StandardCharsets.UTF_8.encode(wrong)))
                    .isInstanceOf(ProtocolException.class);
        }
    }

    private static ByteBuffer bytes(Body body) {
        List<ByteBuffer> parts = new ArrayList<>();
        body.appendTo(parts);
        ByteBuffer whole = ByteBuffer.allocate(body.length());
        parts.forEach(whole::put);
        return whole.flip();
    }

    /** A header of fields of one's own. */
    private interface Any extends Header {
        @Override
        void writeTo(FieldWriter out);
    }

    private static Fields fields(Any header) {
        ByteBuffer frame = FrameCodec.encode(HeaderEncoding.BINARY, JmsCode.BRANCH_END, 1, 0, null, header, Body.EMPTY);
        frame.position(Integer.BYTES);
        return FrameCodec.decode(frame).fields();
    }

    private static <C extends Header> void roundTrip(C command, Function<Fields, C> reader) {
        for (HeaderEncoding encoding : HeaderEncoding.values()) {
            ByteBuffer frame = FrameCodec.encode(encoding, JmsCode.BRANCH_END, 1, 0, null, command, Body.EMPTY);
            frame.position(Integer.BYTES);
            assertThat(reader.apply(FrameCodec.decode(frame).fields())).isEqualTo(command);
        }
    }
}
