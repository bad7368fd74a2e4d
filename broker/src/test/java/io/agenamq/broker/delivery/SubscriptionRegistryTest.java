// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.broker.delivery.UsedSubscription.Definition;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.store.cursor.CursorTable;
import io.agenamq.store.cursor.SubscriptionKey;
import io.agenamq.store.cursor.SubscriptionTable;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.snapshot.DerivedState;
import java.nio.ByteBuffer;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The rules on names, without a broker around them. */
class SubscriptionRegistryTest {

    private static final SubscriptionKey AUDIT = new SubscriptionKey("app", "audit");

    /** A log that applies what is appended. */
    private static final class NoLog implements DerivedState.ControlSink {
        final CursorTable cursors = new CursorTable(this);
        final SubscriptionTable subscriptions = new SubscriptionTable(this, cursors);
        private long end;

        @Override
        public long append(ControlType type, ByteBuffer payload) {
            cursors.apply(end, type, payload);
            subscriptions.apply(end, type, payload);
            end += 100;
            return end;
        }
    }

    private final NoLog log = new NoLog();
    private final SubscriptionRegistry registry = new SubscriptionRegistry(log.subscriptions);

    private static Definition durable(String topic, String selector) {
        return new Definition(AUDIT, true, false, topic, selector, false);
    }

    private static Definition sharedDurable(String topic, String selector) {
        return new Definition(AUDIT, true, true, topic, selector, false);
    }

    private static Definition shared(String topic, String selector) {
        return new Definition(AUDIT, false, true, topic, selector, false);
    }

    private UsedSubscription join(Definition definition) {
        return registry.join(definition, () -> List.of(10L));
    }

    private void leave(UsedSubscription used) {
        registry.left(used);
        registry.done(used);
    }

    private static void assertRefused(JmsRefusal why, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(ProtocolException.class, refused -> assertThat(refused.code())
                .isEqualTo(why.code()));
    }

    @Test
    void a_durable_subscription_is_resumed_under_the_same_definition() {
        UsedSubscription first = join(durable("News", null));
        leave(first);

        assertThat(join(durable("News", null)).stored).isEqualTo(first.stored);
    }

    @Test
    void another_topic_selector_or_nolocal_ends_an_inactive_one_and_begins_anew() {
        UsedSubscription first = join(durable("News", null));
        leave(first);

        UsedSubscription second = join(durable("News", "a = 1"));
        leave(second);
        UsedSubscription third = join(durable("Weather", "a = 1"));
        leave(third);
        UsedSubscription fourth = join(new Definition(AUDIT, true, false, "Weather", "a = 1", true));

        assertThat(List.of(second.identity(), third.identity(), fourth.identity()))
                .doesNotHaveDuplicates()
                .doesNotContain(first.identity());
        assertThat(log.subscriptions.all()).containsExactly(fourth.stored);
        assertThat(log.cursors.all()).hasSize(1);
    }

    @Test
    void an_unshared_one_has_one_consumer_whatever_the_second_describes() {
        join(durable("News", null));

        assertRefused(JmsRefusal.SUBSCRIPTION_IN_USE, () -> join(durable("News", null)));
        assertRefused(JmsRefusal.SUBSCRIPTION_IN_USE, () -> join(durable("Weather", null)));
        assertThat(log.subscriptions.all()).hasSize(1);
    }

    @Test
    void a_shared_one_is_joined_by_who_describes_it_alike() {
        UsedSubscription first = join(sharedDurable("News", "a = 1"));

        assertThat(join(sharedDurable("News", "a = 1"))).isSameAs(first);
        assertRefused(JmsRefusal.SUBSCRIPTION_IN_USE, () -> join(sharedDurable("News", null)));
        assertRefused(JmsRefusal.SUBSCRIPTION_IN_USE, () -> join(sharedDurable("Weather", "a = 1")));
        leave(first);
        assertRefused(JmsRefusal.SUBSCRIPTION_IN_USE, () -> join(sharedDurable("News", null)));
        leave(first);
        assertThat(join(sharedDurable("News", null)).stored).isNotEqualTo(first.stored);
    }

    @Test
    void shared_and_unshared_durable_exclude_each_other_even_when_nobody_is_there() {
        leave(join(durable("News", null)));
        assertRefused(JmsRefusal.SUBSCRIPTION_IN_USE, () -> join(sharedDurable("News", null)));
        registry.unsubscribe(AUDIT);

        leave(join(sharedDurable("News", null)));
        assertRefused(JmsRefusal.SUBSCRIPTION_IN_USE, () -> join(durable("News", null)));
    }

    @Test
    void shared_and_shared_durable_of_one_name_have_nothing_to_do_with_each_other() {
        UsedSubscription plain = join(shared("News", null));
        UsedSubscription durable = join(sharedDurable("Weather", "a = 1"));

        assertThat(plain.stored).isNull();
        assertThat(durable.stored).isNotNull();
        assertRefused(JmsRefusal.SUBSCRIPTION_IN_USE, () -> join(shared("Weather", null)));
    }

    @Test
    void a_shared_one_ends_with_its_last_consumer_even_if_it_left_something_unacknowledged() {
        UsedSubscription first = join(shared("News", null));
        join(shared("News", null));
        registry.left(first);
        assertThat(join(shared("News", null))).isSameAs(first);
        registry.left(first);
        registry.left(first);

        UsedSubscription next = join(shared("Weather", "a = 1"));
        registry.done(first);
        registry.done(first);
        registry.done(first);

        assertThat(registry.user(false, AUDIT)).isSameAs(next);
    }

    @Test
    void unsubscribing_needs_a_subscription_that_nobody_uses() {
        assertRefused(JmsRefusal.NO_SUCH_SUBSCRIPTION, () -> registry.unsubscribe(AUDIT));
        UsedSubscription used = join(durable("News", null));
        assertRefused(JmsRefusal.SUBSCRIPTION_IN_USE, () -> registry.unsubscribe(AUDIT));
        registry.left(used);
        assertRefused(JmsRefusal.SUBSCRIPTION_IN_USE, () -> registry.unsubscribe(AUDIT));
        registry.done(used);

        assertThat(registry.unsubscribe(AUDIT)).isEqualTo(used.stored);

        assertThat(log.cursors.all()).isEmpty();
        assertRefused(JmsRefusal.NO_SUCH_SUBSCRIPTION, () -> registry.unsubscribe(AUDIT));
    }

    @Test
    void the_same_name_of_another_client_is_another_subscription() {
        join(durable("News", null));

        UsedSubscription other = registry.join(
                new Definition(new SubscriptionKey(null, "audit"), true, true, "News", null, false), () -> List.of(0L));

        assertThat(other.consumerCount).isEqualTo(1);
        assertThat(log.subscriptions.all()).hasSize(2);
    }

    @Test
    void a_topic_that_has_gone_cannot_be_subscribed_to() {
        assertRefused(JmsRefusal.NO_SUCH_DESTINATION, () -> registry.join(durable("News", null), List::of));
        assertThat(registry.user(true, AUDIT)).isNull();
    }
}
