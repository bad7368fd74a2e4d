// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.provider.AgenaUrl.Option;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.naming.spi.NamingManager;
import org.junit.jupiter.api.Test;

/** Jakarta Messaging 3.1 §4.1: every option is a property of the factory, and every property survives a directory. */
@SuppressWarnings("BanJNDI") // nothing comes from a network
class FactoryPropertiesTest {

    /** A value for each property that is not its default. */
    private static final Map<String, Object> VALUES = Map.ofEntries(
            Map.entry("user", "a b"),
            Map.entry("password", "p&=?%ü "),
            Map.entry("clientId", "c/1"),
            Map.entry("prefetch", 7),
            Map.entry("prefetchBytes", 8),
            Map.entry("nativeMessages", "text"),
            Map.entry("trustedPackages", "com.acme,org.example.X"),
            Map.entry("durability", "process"),
            Map.entry("connectTimeout", 9),
            Map.entry("requestTimeout", 10),
            Map.entry("reconnectTimeout", 0),
            Map.entry("joinBranches", false),
            Map.entry("data", "/var/a b"),
            Map.entry("stay", true));

    private static Map<String, PropertyDescriptor> properties() throws Exception {
        Map<String, PropertyDescriptor> found = new TreeMap<>();
        for (PropertyDescriptor property : Introspector.getBeanInfo(AgenaConnectionFactory.class, Object.class)
                .getPropertyDescriptors()) {
            if (property.getWriteMethod() != null) {
                found.put(property.getName(), property);
            }
        }
        return found;
    }

    @Test
    void every_option_is_a_property_and_every_property_an_option() throws Exception {
        Set<String> expected =
                Arrays.stream(Option.values()).map(option -> option.key).collect(Collectors.toCollection(TreeSet::new));
        assertThat(VALUES.keySet())
                .as("add a value for the new option to this test")
                .hasSameElementsAs(expected);
        expected.add("url");

        assertThat(properties().keySet()).containsExactlyElementsOf(expected);
        assertThat(properties().values()).allSatisfy(property -> assertThat(property.getReadMethod())
                .as(property.getName())
                .isNotNull());
    }

    @Test
    void every_property_comes_back_from_a_reference_and_from_serialisation() throws Exception {
        for (String one : VALUES.keySet()) {
            AgenaConnectionFactory factory = new AgenaConnectionFactory("agena://ns1,ns2:1");
            properties().get(one).getWriteMethod().invoke(factory, VALUES.get(one));
            assertComesBack(factory, Map.of(one, VALUES.get(one)));
        }
        AgenaConnectionFactory all = new AgenaConnectionFactory("agena://ns1,ns2:1");
        for (Map.Entry<String, Object> value : VALUES.entrySet()) {
            properties().get(value.getKey()).getWriteMethod().invoke(all, value.getValue());
        }
        assertComesBack(all, VALUES);
    }

    private static void assertComesBack(AgenaConnectionFactory factory, Map<String, Object> expected) throws Exception {
        Object referred = NamingManager.getObjectInstance(serialized(factory.getReference()), null, null, null);
        for (Object back : new Object[] {factory, referred, serialized(factory)}) {
            assertThat(back).isEqualTo(factory).hasSameHashCodeAs(factory);
            for (Map.Entry<String, Object> value : expected.entrySet()) {
                assertThat(properties().get(value.getKey()).getReadMethod().invoke(back))
                        .as(value.getKey())
                        .isEqualTo(value.getValue());
            }
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
    void a_property_and_an_option_are_one_thing() {
        AgenaConnectionFactory factory = new AgenaConnectionFactory("agena://ns1?prefetch=5&clientId=a");
        assertThat(factory.getPrefetch()).isEqualTo(5);

        factory.setPrefetch(128);
        factory.setClientId("b c");

        assertThat(factory.getUrl()).isEqualTo("agena://ns1?clientId=b+c");
        assertThat(factory).isEqualTo(new AgenaConnectionFactory("agena://ns1?clientId=b%20c&prefetch=128"));

        factory.setUrl("agena://ns2");
        assertThat(factory.getClientId()).isEmpty();
        assertThat(factory).isEqualTo(new AgenaConnectionFactory("agena://ns2"));
    }

    @Test
    void a_value_that_cannot_be_is_refused_and_changes_nothing() {
        AgenaConnectionFactory factory = new AgenaConnectionFactory("agena://ns1");

        assertThatThrownBy(() -> factory.setPrefetch(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("option prefetch cannot be '-1': it is a number from 0 to 1000000");
        assertThatThrownBy(() -> factory.setUrl("agena://ns1?prefech=1"))
                .hasMessage("there is no option 'prefech'; did you mean prefetch?");
        assertThat(factory.getUrl()).isEqualTo("agena://ns1");
    }

    @Test
    void no_password_is_printed() {
        AgenaConnectionFactory factory = new AgenaConnectionFactory("agena://ns1?user=alice&password=mellon");

        assertThat(factory).hasToString("AgenaConnectionFactory[agena://ns1?user=alice&password=***]");
        assertThatThrownBy(() -> new AgenaConnectionFactory("agena://ns1?password=mellon%zz"))
                .message()
                .doesNotContain("mellon");
        assertThatThrownBy(() -> new AgenaConnectionFactory("agen://ns1?password=mellon"))
                .message()
                .doesNotContain("mellon");
    }
}
