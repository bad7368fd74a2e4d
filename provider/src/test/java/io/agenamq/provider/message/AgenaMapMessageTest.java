// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import static io.agenamq.provider.message.Records.delivered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.MapMessage;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import java.time.Instant;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgenaMapMessageTest {

    private final AgenaMapMessage message = new AgenaMapMessage();

    @Test
    void every_setter_needs_a_name() {
        for (String name : new String[] {null, ""}) {
            assertThatThrownBy(() -> message.setBoolean(name, true)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setByte(name, (byte) 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setShort(name, (short) 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setChar(name, 'c')).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setInt(name, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setLong(name, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setFloat(name, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setDouble(name, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setString(name, "")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setBytes(name, new byte[1])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setBytes(name, new byte[1], 0, 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> message.setObject(name, 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_name_with_null_exists() throws Exception {
        message.setString("nothing", null);

        assertThat(message.itemExists("nothing")).isTrue();
        assertThat(message.itemExists("missing")).isFalse();
        assertThat(Collections.list(message.getMapNames())).containsExactly("nothing");
    }

    @Test
    void arrays_are_copied_in_and_out() throws Exception {
        byte[] given = {1, 2, 3, 4};
        message.setBytes("all", given);
        message.setBytes("some", given, 1, 2);
        message.setObject("object", given);
        given[1] = 99;
        message.getBytes("all")[0] = 99;
        ((byte[]) message.getObject("object"))[0] = 99;
        ((byte[]) message.getBody(Map.class).get("all"))[0] = 99;

        assertThat(message.getBytes("all")).containsExactly(1, 2, 3, 4);
        assertThat(message.getBytes("some")).containsExactly(2, 3);
        assertThat(message.getBytes("object")).containsExactly(1, 2, 3, 4);
    }

    @Test
    void only_the_types_of_the_table_can_be_set() {
        for (Object value : List.of(Instant.EPOCH, List.of(), Map.of(), new int[1], new Object())) {
            assertThatThrownBy(() -> message.setObject("v", value)).isInstanceOf(MessageFormatException.class);
        }
    }

    @Test
    void a_received_map_is_read_only_until_its_body_is_cleared() throws Exception {
        message.setInt("a", 1);
        message.setStringProperty("p", "stays");
        MapMessage received = (MapMessage) delivered(message);

        assertThatThrownBy(() -> received.setInt("b", 2)).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.setBytes("b", new byte[1], 0, 1))
                .isInstanceOf(MessageNotWriteableException.class);
        received.clearBody();
        received.setInt("b", 2);

        assertThat(Collections.list((Enumeration<?>) received.getMapNames())).isEqualTo(List.of("b"));
        assertThat(received.getStringProperty("p")).isEqualTo("stays");
    }

    @Test
    void the_body_is_a_map_and_no_hash_map() throws Exception {
        message.setInt("a", 1);

        assertThat((Object) message.getBody(Map.class)).isEqualTo(Map.of("a", 1));
        assertThat(message.getBody(Object.class)).isEqualTo(Map.of("a", 1));
        assertThat(message.isBodyAssignableTo(Map.class)).isTrue();
        for (Class<?> wrong : List.of(HashMap.class, String.class, Iterable.class)) {
            assertThat(message.isBodyAssignableTo(wrong)).isFalse();
            assertThatThrownBy(() -> message.getBody(wrong)).isInstanceOf(MessageFormatException.class);
        }
        message.clearBody();
        assertThat(message.getBody(String.class)).isNull();
        assertThat(message.isBodyAssignableTo(String.class)).isTrue();
    }
}
