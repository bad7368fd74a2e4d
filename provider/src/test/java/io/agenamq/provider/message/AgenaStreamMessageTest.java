// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import static io.agenamq.provider.message.Records.delivered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.StreamMessage;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class AgenaStreamMessageTest {

    private final AgenaStreamMessage message = new AgenaStreamMessage();

    private List<ThrowingCallable> reads() {
        return List.of(
                message::readBoolean,
                message::readByte,
                message::readShort,
                message::readChar,
                message::readInt,
                message::readLong,
                message::readFloat,
                message::readDouble,
                message::readString,
                message::readObject,
                () -> message.readBytes(new byte[1]));
    }

    private List<ThrowingCallable> writes() {
        return List.of(
                () -> message.writeBoolean(true),
                () -> message.writeByte((byte) 1),
                () -> message.writeShort((short) 1),
                () -> message.writeChar('c'),
                () -> message.writeInt(1),
                () -> message.writeLong(1),
                () -> message.writeFloat(1),
                () -> message.writeDouble(1),
                () -> message.writeString(""),
                () -> message.writeObject(1),
                () -> message.writeBytes(new byte[1]),
                () -> message.writeBytes(new byte[1], 0, 1));
    }

    @Test
    void a_stream_is_either_written_or_read() throws Exception {
        for (ThrowingCallable read : reads()) {
            assertThatThrownBy(read).isInstanceOf(MessageNotReadableException.class);
        }
        message.reset();
        for (ThrowingCallable write : writes()) {
            assertThatThrownBy(write).isInstanceOf(MessageNotWriteableException.class);
        }
        message.clearBody();
        message.writeInt(1);
        message.reset();
        assertThat(message.readInt()).isEqualTo(1);
    }

    @Test
    void behind_the_last_value_is_the_end() throws Exception {
        message.reset();
        for (ThrowingCallable read : reads()) {
            assertThatThrownBy(read).isInstanceOf(MessageEOFException.class);
        }
    }

    @Test
    void a_reset_begins_again_wherever_one_was() throws Exception {
        message.writeBytes(new byte[] {1, 2, 3});
        message.writeInt(4);
        message.reset();
        message.readBytes(new byte[2]);
        message.reset();

        assertThat(message.readObject()).isEqualTo(new byte[] {1, 2, 3});
        assertThat(message.readInt()).isEqualTo(4);
    }

    @Test
    void bytes_are_read_in_pieces_and_nothing_else_until_their_end() throws Exception {
        message.writeBytes(new byte[] {1, 2, 3, 4, 5});
        message.writeString("next");
        message.reset();
        byte[] buffer = new byte[2];

        assertThat(message.readBytes(buffer)).isEqualTo(2);
        assertThat(buffer).containsExactly(1, 2);
        for (ThrowingCallable read : reads().subList(0, 10)) {
            assertThatThrownBy(read).isInstanceOf(MessageFormatException.class);
        }
        assertThat(message.readBytes(buffer)).isEqualTo(2);
        assertThat(message.readBytes(buffer)).isEqualTo(1);
        assertThat(buffer).containsExactly(5, 4);
        assertThat(message.readString()).isEqualTo("next");
    }

    @Test
    void bytes_that_fill_the_buffer_exactly_end_with_minus_one() throws Exception {
        message.writeBytes(new byte[] {1, 2});
        message.writeInt(3);
        message.reset();

        assertThat(message.readBytes(new byte[2])).isEqualTo(2);
        assertThatThrownBy(message::readInt).isInstanceOf(MessageFormatException.class);
        assertThat(message.readBytes(new byte[2])).isEqualTo(-1);
        assertThat(message.readInt()).isEqualTo(3);
    }

    @Test
    void no_bytes_are_zero_and_null_is_minus_one() throws Exception {
        message.writeBytes(new byte[0]);
        message.writeBytes(null);
        message.writeString("not bytes");
        message.reset();

        assertThat(message.readBytes(new byte[2])).isZero();
        assertThat(message.readBytes(new byte[2])).isEqualTo(-1);
        assertThatThrownBy(() -> message.readBytes(new byte[2])).isInstanceOf(MessageFormatException.class);
        assertThat(message.readString()).isEqualTo("not bytes");
    }

    @Test
    void arrays_are_copied_in_and_out() throws Exception {
        byte[] given = {1, 2, 3};
        message.writeBytes(given);
        message.writeBytes(given, 1, 1);
        message.writeObject(given);
        given[0] = given[1] = 99;
        message.reset();
        ((byte[]) message.readObject())[0] = 99;
        message.reset();

        assertThat(message.readObject()).isEqualTo(new byte[] {1, 2, 3});
        assertThat(message.readObject()).isEqualTo(new byte[] {2});
        assertThat(message.readObject()).isEqualTo(new byte[] {1, 2, 3});
    }

    @Test
    void only_the_types_of_the_table_can_be_written() {
        assertThatThrownBy(() -> message.writeObject(Instant.EPOCH)).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> message.writeBytes(new byte[2], 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void a_stream_has_no_body_as_a_whole() throws Exception {
        assertThat(message.isBodyAssignableTo(Object.class)).isFalse();
        assertThatThrownBy(() -> message.getBody(Object.class)).isInstanceOf(MessageFormatException.class);
        message.writeInt(1);
        assertThat(message.isBodyAssignableTo(List.class)).isFalse();
    }

    @Test
    void sending_leaves_the_stream_as_it_is_and_it_arrives_at_its_beginning() throws Exception {
        message.writeInt(1);
        StreamMessage first = (StreamMessage) delivered(message);
        message.writeInt(2);
        StreamMessage second = (StreamMessage) delivered(message);

        assertThat(first.readInt()).isEqualTo(1);
        assertThatThrownBy(first::readInt).isInstanceOf(MessageEOFException.class);
        assertThat(second.readInt()).isEqualTo(1);
        assertThat(second.readInt()).isEqualTo(2);
        assertThatThrownBy(() -> second.writeInt(3)).isInstanceOf(MessageNotWriteableException.class);
    }
}
