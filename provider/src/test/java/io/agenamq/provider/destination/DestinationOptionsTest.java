// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.command.StartPoint;
import jakarta.jms.InvalidDestinationException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;

/** What stands behind the name of a destination. */
class DestinationOptionsTest {

    @Test
    void options_are_read_and_written_and_are_no_part_of_the_identity() {
        AgenaQueue queue = AgenaQueue.parse("orders?prefetch=10");
        assertThat(queue.getQueueName()).isEqualTo("orders");
        assertThat(queue.prefetch()).isEqualTo(10);
        assertThat(queue.text()).isEqualTo("orders?prefetch=10");
        assertThat(queue).isEqualTo(new AgenaQueue("orders")).hasToString("queue://orders");
        assertThat(new AgenaQueue("orders").prefetch()).isNull();

        AgenaTopic topic = AgenaTopic.parse("prices?prefetch=0&last=100");
        assertThat(topic.prefetch()).isZero();
        assertThat(topic.start()).isEqualTo(new StartPoint.Last(100));
        assertThat(topic.text()).isEqualTo("prices?start=last=100&prefetch=0");
        assertThat(AgenaTopic.parse(topic.text()).text()).isEqualTo(topic.text());
        assertThat(AgenaTopic.parse("prices?start=earliest").prefetch()).isNull();
    }

    @Test
    void options_survive_serialisation() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(AgenaQueue.parse("orders?prefetch=10"));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((AgenaQueue) in.readObject()).text()).isEqualTo("orders?prefetch=10");
        }
    }

    @Test
    void what_is_no_option_is_refused_with_what_there_is() {
        assertThatThrownBy(() -> AgenaQueue.require("orders?start=earliest"))
                .isInstanceOf(InvalidDestinationException.class)
                .hasMessage("'start=earliest' is said twice, or is no option of a queue; write prefetch=10");
        for (String wrong :
                new String[] {"q?", "q?prefetch=", "q?prefetch=-1", "q?prefetch=1000001", "q?prefetch=1&prefetch=2"}) {
            assertThatThrownBy(() -> AgenaQueue.parse(wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("prefetch");
        }
        assertThatThrownBy(() -> AgenaTopic.parse("t?last=1&last=2")).hasMessageContaining("said twice");
        assertThatThrownBy(() -> AgenaTopic.parse("t?start=soon")).hasMessageContaining("no place to start");
    }
}
