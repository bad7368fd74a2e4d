// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.Destination;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import javax.naming.CompositeName;
import javax.naming.Reference;
import javax.naming.Referenceable;
import javax.naming.spi.ObjectFactory;
import org.junit.jupiter.api.Test;

/** Connection factories and destinations as a directory keeps them (Jakarta Messaging 3.1 §5). */
class AdministeredObjectsTest extends Rules {

    private static Object serialised(Object object) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }

    private static Object referenced(Object object) throws Exception {
        Reference reference = ((Referenceable) object).getReference();
        ObjectFactory factory = Class.forName(reference.getFactoryClassName())
                .asSubclass(ObjectFactory.class)
                .getConstructor()
                .newInstance();
        return factory.getObjectInstance(reference, new CompositeName("name"), null, null);
    }

    @Test
    void a_connection_factory_works_when_it_was_serialised() throws Exception {
        ConnectionFactory again = (ConnectionFactory) serialised(factory());
        try (Connection own = again.createConnection()) {
            assertThat(own.getMetaData().getJMSMajorVersion()).isEqualTo(3);
        }
    }

    @Test
    void a_connection_factory_works_when_it_was_a_reference() throws Exception {
        ConnectionFactory again = (ConnectionFactory) referenced(factory());
        try (Connection own = again.createConnection()) {
            assertThat(own.getMetaData().getJMSMajorVersion()).isEqualTo(3);
        }
    }

    @Test
    void the_client_identifier_of_a_factory_is_kept() throws Exception {
        String id = unique("configured");
        for (ConnectionFactory again : new ConnectionFactory[] {
            (ConnectionFactory) serialised(provider().factory(id)),
            (ConnectionFactory) referenced(provider().factory(id))
        }) {
            try (Connection own = again.createConnection()) {
                assertThat(own.getClientID()).isEqualTo(id);
            }
        }
    }

    @Test
    void destinations_are_equal_to_what_they_were() throws Exception {
        for (Destination destination : new Destination[] {queue(), topic()}) {
            assertThat(serialised(destination)).isEqualTo(destination).hasSameHashCodeAs(destination);
            assertThat(referenced(destination)).isEqualTo(destination).hasSameHashCodeAs(destination);
        }
    }

    @Test
    void destinations_work_when_they_were_serialised() throws Exception {
        Queue queue = (Queue) serialised(queue());
        Topic topic = (Topic) serialised(topic());
        MessageConsumer onQueue = session.createConsumer(queue);
        MessageConsumer onTopic = session.createConsumer(topic);
        send(queue, "a");
        send(topic, "b");
        assertThat(texts(onQueue, 1)).containsExactly("a");
        assertThat(texts(onTopic, 1)).containsExactly("b");
    }

    @Test
    void a_destination_of_one_factorys_connection_is_good_for_another() throws Exception {
        Queue queue = queue();
        send(queue, "a");
        try (Connection other = ((ConnectionFactory) serialised(factory())).createConnection()) {
            other.start();
            Session own = other.createSession();
            assertThat(texts(own.createConsumer(queue), 1)).containsExactly("a");
        }
    }
}
