// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.MessageNotWriteableException;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgenaBytesMessageTest {

    private final AgenaBytesMessage message = new AgenaBytesMessage();

    @Test
    void what_is_written_is_read_in_the_same_order() throws Exception {
        for (Object value : List.of(true, (byte) -1, (short) -2, 'c', 3, 4L, 5f, 6d, "seven", new byte[] {8, 9})) {
            message.writeObject(value);
        }
        message.reset();

        assertThat(message.readBoolean()).isTrue();
        assertThat(message.readUnsignedByte()).isEqualTo(255);
        assertThat(message.readUnsignedShort()).isEqualTo(65_534);
        assertThat(message.readChar()).isEqualTo('c');
        assertThat(message.readInt()).isEqualTo(3);
        assertThat(message.readLong()).isEqualTo(4);
        assertThat(message.readFloat()).isEqualTo(5f);
        assertThat(message.readDouble()).isEqualTo(6d);
        assertThat(message.readUTF()).isEqualTo("seven");
        byte[] rest = new byte[10];
        assertThat(message.readBytes(rest)).isEqualTo(2);
        assertThat(message.readBytes(rest)).isEqualTo(-1);
    }

    @Test
    void a_read_beyond_the_end_does_not_move() throws Exception {
        message.writeShort((short) 7);
        message.reset();

        assertThatThrownBy(message::readInt).isInstanceOf(MessageEOFException.class);
        assertThatThrownBy(message::readUTF).isInstanceOf(MessageEOFException.class);
        assertThat(message.readShort()).isEqualTo((short) 7);
    }

    @Test
    void a_message_is_either_written_or_read() throws Exception {
        assertThatThrownBy(message::readByte).isInstanceOf(MessageNotReadableException.class);
        assertThatThrownBy(message::getBodyLength).isInstanceOf(MessageNotReadableException.class);
        message.reset();
        assertThatThrownBy(() -> message.writeByte((byte) 1)).isInstanceOf(MessageNotWriteableException.class);
        message.clearBody();
        message.writeByte((byte) 1);
        message.reset();
        assertThat(message.getBodyLength()).isEqualTo(1);
    }

    @Test
    void wrong_arguments_are_refused_as_the_specification_says() throws Exception {
        assertThatThrownBy(() -> message.writeObject(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> message.writeObject(List.of())).isInstanceOf(MessageFormatException.class);
        message.reset();
        assertThatThrownBy(() -> message.readBytes(new byte[2], 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void the_body_can_be_had_as_a_whole_also_while_it_is_written() throws Exception {
        message.writeInt(1);

        assertThatThrownBy(() -> message.getBody(String.class)).isInstanceOf(MessageFormatException.class);
        assertThat(message.getBody(byte[].class)).containsExactly(0, 0, 0, 1);
        assertThat(message.readInt()).isEqualTo(1);
        assertThat(message.isBodyAssignableTo(Object.class)).isTrue();
        assertThat(message.isBodyAssignableTo(String.class)).isFalse();
    }
}
