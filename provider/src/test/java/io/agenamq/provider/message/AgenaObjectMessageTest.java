// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import static io.agenamq.provider.message.Records.delivered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.ObjectMessage;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"JavaUtilDate", "JdkObsolete"}) // applications that have object messages have these as well
class AgenaObjectMessageTest {

    private static final TrustedClasses THIS_TEST = TrustedClasses.of(AgenaObjectMessageTest.class.getName());

    static final AtomicBoolean STRANGER_RAN = new AtomicBoolean();

    static final class Order implements Serializable {
        private static final long serialVersionUID = 1L;
        private final List<String> lines = new ArrayList<>();
    }

    static final class Stranger implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            STRANGER_RAN.set(true);
            in.defaultReadObject();
        }
    }

    static final class Nest implements Serializable {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("UnusedVariable") // what matters is that it is serialised
        private final Nest inner;

        Nest(Nest inner) {
            this.inner = inner;
        }
    }

    static final class Faulty implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) {
            throw new IllegalStateException("of the application");
        }
    }

    @Test
    void the_object_is_taken_when_it_is_set_and_made_anew_when_it_is_asked_for() throws Exception {
        Order order = new Order();
        order.lines.add("one");
        AgenaObjectMessage message = message(order);
        order.lines.add("two");

        ObjectMessage received = (ObjectMessage) delivered(message, THIS_TEST);
        Order first = (Order) received.getObject();
        first.lines.add("three");

        assertThat(((Order) received.getObject()).lines).containsExactly("one");
        assertThat(((Order) message.getObject()).lines).containsExactly("one");
    }

    @Test
    void plain_data_of_the_jdk_needs_no_option() throws Exception {
        List<Serializable> data = List.of(
                "text",
                1,
                2L,
                'c',
                true,
                new BigDecimal("1.50"),
                new int[] {1, 2},
                new String[][] {{"a"}, {"b"}},
                new ArrayList<>(List.of(1, "b")),
                new LinkedList<>(List.of(1)),
                new HashMap<>(Map.of("a", 1)),
                new LinkedHashMap<>(Map.of("a", 1)),
                new TreeMap<>(Map.of("a", 1)),
                new TreeSet<>(Set.of("a")),
                new HashSet<>(Set.of("a")),
                new ConcurrentHashMap<>(Map.of("a", 1)),
                (Serializable) List.of(1, 2, 3),
                (Serializable) Map.of("a", 1),
                (Serializable) Arrays.asList(1, 2),
                (Serializable) Collections.unmodifiableMap(new HashMap<>(Map.of("a", 1))),
                (Serializable) Collections.emptyList(),
                new EnumMap<>(Map.of(TimeUnit.DAYS, 1)),
                EnumSet.of(TimeUnit.DAYS),
                new Date(5),
                new GregorianCalendar(),
                UUID.randomUUID(),
                Locale.FRENCH,
                Instant.EPOCH,
                LocalDate.EPOCH,
                ZonedDateTime.parse("2026-11-20T08:00+01:00[Europe/Zurich]"),
                new Properties(),
                new ArrayList<>(Collections.nCopies(10_000, null)),
                new byte[1_000_000]);
        for (Serializable object : data) {
            Object received = delivered(message(object)).getBody(Object.class);
            assertThat(Arrays.deepEquals(new Object[] {received}, new Object[] {object}))
                    .as("%s", object.getClass())
                    .isTrue();
        }
        HashMap<Integer, Integer> large = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            large.put(i, i);
        }
        assertThat((Object) delivered(message(large)).getBody(Map.class)).isEqualTo(large);
    }

    @Test
    void a_class_that_is_not_trusted_is_refused_by_name_before_its_code_runs() throws Exception {
        for (Serializable hidden : List.of(
                new Stranger(),
                new ArrayList<>(List.of(new Stranger())),
                new Stranger[1],
                new HashMap<>(Map.of("a", new Stranger())))) {
            AgenaMessage received = delivered(message(hidden));

            assertThatThrownBy(() -> received.getBody(Object.class))
                    .isInstanceOf(MessageFormatException.class)
                    .hasMessageContaining("class " + Stranger.class.getName() + " is not trusted")
                    .hasMessageContaining("?trustedPackages=");
            assertThat(received.isBodyAssignableTo(Object.class)).isFalse();
        }
        assertThat(STRANGER_RAN).isFalse();
    }

    @Test
    void packages_and_classes_are_trusted_by_name() {
        TrustedClasses trusted = TrustedClasses.of(" com.acme.orders , com.acme.Money,org.example.*");

        assertThat(trusted.includes("com.acme.orders.Order")).isTrue();
        assertThat(trusted.includes("com.acme.orders.deep.Order$Line")).isTrue();
        assertThat(trusted.includes("com.acme.Money")).isTrue();
        assertThat(trusted.includes("com.acme.Money$Unit")).isTrue();
        assertThat(trusted.includes("org.example.Any")).isTrue();
        assertThat(trusted.includes("com.acme.ordersX.Order")).isFalse();
        assertThat(trusted.includes("com.acme.Moneybag")).isFalse();
        assertThat(trusted.includes("com.acme.Other")).isFalse();
        assertThat(trusted.includes("java.util.PriorityQueue")).isFalse();
        for (String all : List.of("*", "com..acme", "com.acme;x", ".*")) {
            assertThatThrownBy(() -> TrustedClasses.of(all)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void nesting_has_a_limit() throws Exception {
        assertThat(delivered(message(nest(50)), THIS_TEST).getBody(Nest.class)).isNotNull();
        assertThatThrownBy(() -> delivered(message(nest(TrustedClasses.DEPTH_MAX + 1)), THIS_TEST)
                        .getBody(Nest.class))
                .isInstanceOf(MessageFormatException.class)
                .hasMessageContaining("nested");
    }

    private static Nest nest(int levels) {
        Nest nest = new Nest(null);
        for (int i = 1; i < levels; i++) {
            nest = new Nest(nest);
        }
        return nest;
    }

    @Test
    void an_array_is_not_larger_than_its_bytes_can_fill() throws Exception {
        ByteBuffer body = message(new long[] {1}).encodeBody();
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        // The length stands before the one element.
        ByteBuffer.wrap(bytes).putInt(bytes.length - Long.BYTES - Integer.BYTES, 500_000_000);

        assertThatThrownBy(() -> received(bytes).getObject())
                .isInstanceOf(MessageFormatException.class)
                .hasMessageContaining("more than its bytes can fill");
    }

    @Test
    void an_object_that_cannot_be_serialised_or_read_is_a_format_error() throws Exception {
        ArrayList<Object> holdsThread = new ArrayList<>(List.of(Thread.currentThread()));
        assertThatThrownBy(() -> message(holdsThread)).isInstanceOf(MessageFormatException.class);
        AgenaMessage faulty = delivered(message(new Faulty()), THIS_TEST);
        assertThatThrownBy(() -> faulty.getBody(Object.class))
                .isInstanceOf(MessageFormatException.class)
                .hasRootCauseMessage("of the application");
        AgenaMessage unknown = renamed();
        assertThatThrownBy(() -> unknown.getBody(Object.class))
                .isInstanceOf(MessageFormatException.class)
                .hasMessageContaining("Ordes");
    }

    /** An order whose class does not exist here. */
    private static AgenaMessage renamed() throws JMSException {
        ByteBuffer body = message(new Order()).encodeBody();
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("$Order") + 5;
        bytes[at] = 's';
        return received(bytes);
    }

    @Test
    void damaged_bytes_are_a_format_error_and_nothing_else() throws Exception {
        HashMap<String, Object> object = new HashMap<>(Map.of("a", new int[] {1, 2}, "b", List.of("c", new Date(0))));
        ByteBuffer body = message(object).encodeBody();
        byte[] sound = new byte[body.remaining()];
        body.get(sound);
        Seeds.forEach(5, random -> {
            for (int round = 0; round < 2_000; round++) {
                byte[] damaged =
                        Arrays.copyOf(sound, random.nextInt(8) == 0 ? random.nextInt(sound.length) : sound.length);
                for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                try {
                    received(damaged).getObject();
                } catch (MessageFormatException refused) {
                    assertThat(refused).hasCauseInstanceOf(Throwable.class);
                } catch (JMSException other) {
                    throw new AssertionError(other);
                }
            }
        });
    }

    @Test
    void classes_are_found_by_the_context_class_loader_first() throws Exception {
        AgenaMessage received = delivered(message(new Order()), THIS_TEST);
        List<String> asked = new ArrayList<>();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(new ClassLoader(before) {
            @Override
            public Class<?> loadClass(String name) throws ClassNotFoundException {
                asked.add(name);
                return super.loadClass(name);
            }
        });
        try {
            assertThat(received.getBody(Order.class)).isNotNull();
        } finally {
            thread.setContextClassLoader(before);
        }

        assertThat(asked).contains(Order.class.getName());
    }

    @Test
    void the_body_can_be_had_as_any_type_that_the_object_is() throws Exception {
        AgenaObjectMessage message = message(new Date(7));

        assertThat(message.getBody(Serializable.class)).isEqualTo(new Date(7));
        assertThat((Object) message.getBody(Comparable.class)).isEqualTo(new Date(7));
        assertThat(message.isBodyAssignableTo(String.class)).isFalse();
        assertThatThrownBy(() -> message.getBody(String.class)).isInstanceOf(MessageFormatException.class);
        message.setObject(null);
        assertThat(message.getBody(String.class)).isNull();
        assertThat(message.isBodyAssignableTo(String.class)).isTrue();
        assertThat(((ObjectMessage) delivered(message)).getObject()).isNull();
    }

    @Test
    void a_received_object_is_read_only_until_its_body_is_cleared() throws Exception {
        ObjectMessage received = (ObjectMessage) delivered(message("x"));

        assertThatThrownBy(() -> received.setObject("y")).isInstanceOf(MessageNotWriteableException.class);
        received.clearBody();
        assertThat(received.getObject()).isNull();
        received.setObject("y");
        assertThat(received.getObject()).isEqualTo("y");
    }

    private static AgenaObjectMessage message(Serializable object) throws JMSException {
        AgenaObjectMessage message = new AgenaObjectMessage(THIS_TEST);
        message.setObject(object);
        return message;
    }

    private static AgenaObjectMessage received(byte[] body) {
        AgenaObjectMessage message = new AgenaObjectMessage(THIS_TEST);
        message.fill(body);
        message.makeReadOnly();
        return message;
    }
}
