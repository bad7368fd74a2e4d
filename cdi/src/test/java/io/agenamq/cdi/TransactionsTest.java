// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.jta.cdi.TransactionExtension;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import io.agenamq.provider.AgenaXAConnectionFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Injected contexts and listeners in Jakarta transactions, with Narayana's CDI extension. */
@Timeout(120)
class TransactionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WAIT_MILLIS = 60_000;
    private static final Collection<String> HEARD = new ConcurrentLinkedQueue<>();

    /** Narayana opens its log once in a virtual machine. */
    @TempDir
    private static Path folder;

    private SeContainer container;
    private Shop shop;
    private JMSContext outside;

    @ApplicationScoped
    static class Beans {
        @Produces
        @Singleton
        AgenaXAConnectionFactory factory() {
            return new AgenaXAConnectionFactory("agena:embedded/cdi-transactions");
        }
    }

    @ApplicationScoped
    static class Shop {
        @Inject
        JMSContext context;

        @Inject
        JMSContext same;

        @Inject
        Office office;

        @Transactional
        void sell(String order, boolean fails) {
            context.createProducer().send(context.createQueue("Orders"), order);
            same.createProducer().send(same.createQueue("Orders"), order + " again");
            if (fails) {
                throw new IllegalStateException("no");
            }
        }

        @Transactional
        void sellAndLog(String order) {
            context.createProducer().send(context.createQueue("Orders"), order);
            office.log(order);
            office.note(order);
            throw new IllegalStateException("no");
        }

        @Transactional
        String moveOne(boolean fails) {
            try (JMSConsumer consumer = context.createConsumer(context.createQueue("Orders"))) {
                String order = consumer.receiveBody(String.class, WAIT_MILLIS);
                context.createProducer().send(context.createQueue("Bills"), order);
                if (fails) {
                    throw new IllegalStateException("no");
                }
                return order;
            }
        }
    }

    @ApplicationScoped
    static class Office {
        @Inject
        JMSContext context;

        @Transactional(TxType.REQUIRES_NEW)
        void log(String order) {
            context.createProducer().send(context.createQueue("Log"), order);
        }

        @Transactional(TxType.NOT_SUPPORTED)
        void note(String order) {
            context.createProducer().send(context.createQueue("Notes"), order);
        }
    }

    @ApplicationScoped
    static class Billing {
        @Inject
        JMSContext context;

        private final Set<String> seen = ConcurrentHashMap.newKeySet();

        @JmsListener(destination = "Jobs", concurrency = 2, transaction = ListenerTransaction.JTA)
        void work(String job) {
            context.createProducer().send(context.createQueue("Done"), job);
            HEARD.add(job);
            if (seen.add(job)) {
                throw new IllegalStateException("not the first time");
            }
        }
    }

    @BeforeAll
    static void openLog() {
        for (String store : new String[] {null, "communicationStore", "stateStore"}) {
            ObjectStoreEnvironmentBean bean = store == null
                    ? BeanPopulator.getDefaultInstance(ObjectStoreEnvironmentBean.class)
                    : BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store);
            bean.setObjectStoreDir(folder.toString());
        }
        arjPropertyManager.getCoordinatorEnvironmentBean().setTransactionStatusManagerEnable(false);
    }

    @BeforeEach
    void start() {
        HEARD.clear();
        outside = new Beans().factory().createContext();
        container = SeContainerInitializer.newInstance()
                .disableDiscovery()
                .addExtensions(new MessagingExtension(), new TransactionExtension())
                .addBeanClasses(Beans.class, Shop.class, Office.class, Billing.class)
                .initialize();
        shop = container.select(Shop.class).get();
    }

    @AfterEach
    void stop() {
        container.close();
        outside.close();
    }

    private String receive(String queue) {
        try (JMSConsumer consumer = outside.createConsumer(outside.createQueue(queue))) {
            return consumer.receiveBody(String.class, WAIT_MILLIS);
        }
    }

    private String receiveNow(String queue) {
        try (JMSConsumer consumer = outside.createConsumer(outside.createQueue(queue))) {
            return consumer.receiveBodyNoWait(String.class);
        }
    }

    @Test
    void work_is_committed_and_rolled_back_with_its_transaction() {
        assertThatThrownBy(() -> shop.sell("lost", true)).isInstanceOf(IllegalStateException.class);
        shop.sell("one", false);
        shop.sell("two", false);
        assertThat(receive("Orders")).isEqualTo("one");
        assertThat(receive("Orders")).isEqualTo("one again");
        assertThat(receive("Orders")).isEqualTo("two");
        assertThat(receive("Orders")).isEqualTo("two again");
        assertThat(receiveNow("Orders")).isNull();
    }

    @Test
    void a_transaction_of_its_own_and_none_are_not_the_callers() {
        assertThatThrownBy(() -> shop.sellAndLog("order")).isInstanceOf(IllegalStateException.class);
        assertThat(receive("Log")).isEqualTo("order");
        assertThat(receive("Notes")).isEqualTo("order");
        assertThat(receiveNow("Orders")).isNull();
    }

    @Test
    void what_is_received_comes_back_when_the_transaction_does() {
        outside.createProducer().send(outside.createQueue("Orders"), "order");
        assertThatThrownBy(() -> shop.moveOne(true)).isInstanceOf(IllegalStateException.class);
        assertThat(receiveNow("Bills")).isNull();
        assertThat(shop.moveOne(false)).isEqualTo("order");
        assertThat(receive("Bills")).isEqualTo("order");
        assertThat(receiveNow("Orders")).isNull();
    }

    @Test
    void a_listener_and_all_that_it_does_are_one_transaction() {
        outside.createProducer().send(outside.createQueue("Jobs"), "job");
        assertThat(receive("Done")).isEqualTo("job");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(HEARD).containsExactly("job", "job"));
        assertThat(receiveNow("Done")).isNull();
    }
}
