// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.destination.AgenaQueue;
import io.agenamq.provider.destination.AgenaTopic;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Collections;
import java.util.Hashtable;
import java.util.List;
import javax.naming.CompositeName;
import javax.naming.ConfigurationException;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.InvalidNameException;
import javax.naming.NameClassPair;
import javax.naming.NameNotFoundException;
import javax.naming.OperationNotSupportedException;
import javax.naming.Reference;
import javax.naming.Referenceable;
import javax.naming.spi.NamingManager;
import org.junit.jupiter.api.Test;

@SuppressWarnings("BanJNDI") // looking up is what is tested, and nothing comes from a network
class AdministeredObjectsTest {

    private static final String URL =
            "agena://ns1:9876,ns2?clientId=a%20b&prefetch=7&prefetchBytes=8&nativeMessages=text"
                    + "&trustedPackages=com.acme,org.example.X&connectTimeout=9&requestTimeout=10";

    private static final List<Referenceable> OBJECTS = List.of(
            new AgenaConnectionFactory(URL),
            new AgenaConnectionFactory(),
            new AgenaXAConnectionFactory(URL),
            new AgenaXAConnectionFactory(),
            new AgenaQueue("q/1"),
            new AgenaTopic("t"));

    @Test
    void an_object_comes_back_from_its_reference_equal_to_what_it_was() throws Exception {
        for (Referenceable object : OBJECTS) {
            Reference kept = (Reference) serialized(object.getReference());
            Object made = NamingManager.getObjectInstance(kept, null, null, null);

            assertThat(made).isEqualTo(object).hasSameHashCodeAs(object).isNotSameAs(object);
        }
    }

    @Test
    void an_object_comes_back_from_serialisation_equal_to_what_it_was() throws Exception {
        for (Referenceable object : OBJECTS) {
            assertThat(serialized(object))
                    .isEqualTo(object)
                    .hasSameHashCodeAs(object)
                    .hasToString(object.toString());
        }
    }

    private static Object serialized(Object object) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }

    @Test
    void objects_are_equal_by_kind_and_what_they_name() {
        assertThat(new AgenaQueue("a"))
                .isEqualTo(new AgenaQueue("a"))
                .isNotEqualTo(new AgenaQueue("b"))
                .isNotEqualTo(new AgenaTopic("a"));
        assertThat(new AgenaConnectionFactory("agena://a"))
                .isEqualTo(new AgenaConnectionFactory("agena://a"))
                .isNotEqualTo(new AgenaConnectionFactory("agena://b"))
                .isNotEqualTo(new AgenaXAConnectionFactory("agena://a"));
    }

    @Test
    void references_of_others_are_left_to_them() {
        AgenaObjectFactory factory = new AgenaObjectFactory();

        assertThat(factory.getObjectInstance("text", null, null, null)).isNull();
        assertThat(factory.getObjectInstance(new Reference("com.acme.Queue"), null, null, null))
                .isNull();
        assertThat(factory.getObjectInstance(new Reference(AgenaQueue.class.getName()), null, null, null))
                .isNull();
    }

    @Test
    void properties_name_connection_factories_and_destinations() throws Exception {
        Context context = context(
                Context.PROVIDER_URL,
                "agena://ns9",
                "connectionFactory.jms/Main",
                URL,
                "xaConnectionFactory.jms/XA",
                URL,
                "queue.jms/Orders",
                "orders",
                "topic.Prices",
                " prices ");

        assertThat(context.lookup("jms/Main")).isEqualTo(new AgenaConnectionFactory(URL));
        assertThat(context.lookup("ConnectionFactory")).isEqualTo(new AgenaConnectionFactory("agena://ns9"));
        assertThat(context.lookup("jms/XA")).isEqualTo(new AgenaXAConnectionFactory(URL));
        assertThat(context.lookup("XAConnectionFactory")).isEqualTo(new AgenaXAConnectionFactory("agena://ns9"));
        assertThat(context.lookup(new CompositeName("jms/Orders"))).isEqualTo(new AgenaQueue("orders"));
        assertThat(context.lookup("Prices")).isEqualTo(new AgenaTopic("prices"));
        assertThat(context.lookup("dynamicQueues/a/b")).isEqualTo(new AgenaQueue("a/b"));
        assertThat(context.lookup(new CompositeName("dynamicTopics/t"))).isEqualTo(new AgenaTopic("t"));
        assertThat(((AgenaTopic) context.lookup("dynamicTopics/t?last=5")).text())
                .isEqualTo("t?start=last=5");
        assertThat(((Context) context.lookup("")).lookup("Prices")).isEqualTo(new AgenaTopic("prices"));
        assertThat(Collections.list(context.list("")))
                .extracting(NameClassPair::getName)
                .containsExactly(
                        "ConnectionFactory", "Prices", "XAConnectionFactory", "jms/Main", "jms/Orders", "jms/XA");
        assertThat(Collections.list(context.listBindings("")).get(1).getObject())
                .isEqualTo(new AgenaTopic("prices"));
        context.close();
    }

    @Test
    void mistakes_are_named() throws Exception {
        Context context = context("queue.Orders", "orders");

        assertThatThrownBy(() -> context.lookup("Order"))
                .isInstanceOf(NameNotFoundException.class)
                .hasMessage("there is no 'Order'; there is [Orders]");
        assertThatThrownBy(() -> context.lookup("dynamicQueues/")).isInstanceOf(NameNotFoundException.class);
        assertThatThrownBy(() -> context.lookup("dynamicTopics/t?start=whenever"))
                .isInstanceOf(InvalidNameException.class);
        assertThatThrownBy(() -> context.bind("a", "b")).isInstanceOf(OperationNotSupportedException.class);
        assertThatThrownBy(() -> context("queue.A", "a", "topic.A", "a"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("stands for both");
        assertThatThrownBy(() -> context("connectionFactory.F", "agena://a?prefech=1"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("connectionFactory.F: there is no option 'prefech'; did you mean prefetch?");
        assertThatThrownBy(() -> context("queue.A", " ")).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> context("topic.", "a")).isInstanceOf(ConfigurationException.class);
    }

    @SuppressWarnings("JdkObsolete") // the API of 1999 asks for it
    private static Context context(String... properties) throws Exception {
        Hashtable<String, Object> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, AgenaInitialContextFactory.class.getName());
        for (int i = 0; i < properties.length; i += 2) {
            environment.put(properties[i], properties[i + 1]);
        }
        return new InitialContext(environment);
    }
}
